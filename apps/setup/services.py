"""Making the first account, from the browser or from the command line."""

from django.db import connection, transaction

from apps.accounts.models import Membership, User
from apps.accounts.teams import create_team


class AlreadySetUp(Exception):
    """Somebody has an account already: the first start is over."""


def is_set_up() -> bool:
    return User.objects.exists()


def make_first_account(*, email: str, password: str, team_name: str, name: str = "") -> Membership:
    """The first person, as owner of the first team, with the built-in provider connected.

    Two at once: one wins, the other gets `AlreadySetUp`.
    """
    with transaction.atomic():
        hold_accounts()
        if is_set_up():
            raise AlreadySetUp
        user = User.objects.create_user(email, password, name=name, is_superuser=True)
        return create_team(user, team_name)


def hold_accounts() -> None:
    """Nobody else makes an account until this transaction ends. SQLite's transactions do that by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE")
