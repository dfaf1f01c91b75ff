"""`manage.py restored`: say that the database was put back from a backup, before the workers start."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from apps.runs.comeback import set_aside_all


class Command(BaseCommand):
    help = "After a backup was put back, and before workers start: nothing that waited in it is sent by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        count = set_aside_all()
        said = ngettext(
            "%(n)d run waited in this backup. It is not sent; History has it.",
            "%(n)d runs waited in this backup. They are not sent; History has them.",
            count,
        )
        self.stdout.write(said % {"n": count})
