"""`manage.py sweep`: one round of the sweeper, and all the housekeeping that is due, for an installation without workers' own."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.data_keeping import housekeep
from apps.runs.sweeper import sweep


class Command(BaseCommand):
    help = "End the runs of dead workers, publish forgotten ones, and take away what is not to be kept."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = {**sweep(), "taken_away": 0}
        while taken := housekeep():
            counts["taken_away"] += taken
        self.stdout.write(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
