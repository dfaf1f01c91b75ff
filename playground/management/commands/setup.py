"""`manage.py setup`: the first start without a browser."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.providers.checkup import check
from apps.providers.services import ensure_builtin
from apps.setup import services
from apps.setup.forms import FirstAccount
from playground import env


class Command(BaseCommand):
    help = "Make the first account, its team and the built-in provider. The password comes from PLAYGROUND_PASSWORD or is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address to sign in with")
        parser.add_argument("--team", required=True, help="the name of the team")
        parser.add_argument("--name", default="", help="the person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        if services.is_set_up():
            raise CommandError("Somebody has an account already.")
        password = env.text("PLAYGROUND_PASSWORD") or getpass.getpass("Password: ")
        data = {"email": options["email"], "team": options["team"], "name": options["name"], "password": password}
        form = FirstAccount(data)
        if not form.is_valid():
            raise CommandError("\n".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
        self.make(form.cleaned_data)

    def make(self, data: dict[str, Any]) -> None:
        try:
            membership = services.make_first_account(
                email=data["email"], password=data["password"], team_name=data["team"], name=data["name"]
            )
        except services.AlreadySetUp:
            raise CommandError("Somebody has an account already.") from None
        self.stdout.write(f"{membership.user.email} owns the team {membership.team.name}.")
        self.stdout.write(f"Built-in models: {check(ensure_builtin(membership.team)).sentence}")
