"""`manage.py sweep`: one round of the sweeper, for an installation without beat."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.runs.sweeper import sweep


class Command(BaseCommand):
    help = "End the runs of dead workers and publish forgotten ones."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sweep()
        self.stdout.write(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
