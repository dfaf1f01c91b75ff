"""`manage.py setup_token`: prints the token that the first account needs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.setup import services, token


class Command(BaseCommand):
    help = "Print the set-up token. The first account is made at /setup/?token=…"

    def handle(self, *args: Any, **options: Any) -> None:
        if services.is_set_up():
            raise CommandError("Somebody has an account already: the token opens nothing any more.")
        self.stdout.write(token.ensure_token())
