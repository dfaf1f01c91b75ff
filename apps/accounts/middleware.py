"""Which team a request is about."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import Membership

TEAM_IN_SESSION = "team_id"
TEAM_OF_PAGE = "X-Team"
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
    """The membership that the page was made for, else the one of the team in the session, else the oldest of this person.

    A page says its team in a header with each htmx request, so that a second tab in which somebody
    switched teams does not send this one's words to the wrong team.
    """
    if not request.user.is_authenticated:
        return None
    mine = list(Membership.objects.alive().filter(user=request.user).select_related("team").order_by("id"))
    wanted = (request.headers.get(TEAM_OF_PAGE), request.session.get(TEAM_IN_SESSION))
    by_team = {str(membership.team_id): membership for membership in mine}
    found = next((by_team[team] for team in wanted if team in by_team), mine[0] if mine else None)
    if found is not None:
        found.user = request.user  # already loaded: no second query for it
    return found
