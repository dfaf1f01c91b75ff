"""Which team a request is about."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import Membership

TEAM_IN_SESSION = "team_id"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class CurrentMembership:
    """Sets `request.membership`: lazy, one query at first use, false for people without a team.

    It is a lazy object, so ask it with `if request.membership`, never with `is None`. Async views use it
    in a thread, as everything that touches the database.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.membership = SimpleLazyObject(lambda: find_membership(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def find_membership(request: HttpRequest) -> Membership | None:
    """The membership of the team in the session, else the oldest one of this person."""
    if not request.user.is_authenticated:
        return None
    mine = list(Membership.objects.filter(user=request.user).select_related("team").order_by("id"))
    chosen = request.session.get(TEAM_IN_SESSION)
    found = next((membership for membership in mine if str(membership.team_id) == chosen), mine[0] if mine else None)
    if found is not None:
        found.user = request.user  # already loaded: no second query for it
    return found
