"""People for tests."""

from apps.accounts.models import Membership, Role, Team, User

PASSWORD = "wheel thrown bowls"


def make_person(email: str = "kim@example.org") -> User:
    return User.objects.create_user(email, PASSWORD)


def make_member(role: str = Role.OWNER, team: Team | None = None, email: str = "kim@example.org") -> Membership:
    """A person with a membership; in a new team when none is given."""
    return Membership.objects.create(user=make_person(email), team=team or Team.objects.create(name="Kiln"), role=role)
