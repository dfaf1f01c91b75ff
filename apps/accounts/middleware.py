"""Which team a request is about."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import Membership

TEAM_IN_SESSION = "team_id"
TEAM_OF_PAGE = "X-Team"
TEAM_COOKIE = "team"  # static/js/team.js compares it with the page's team
YEAR = 365 * 24 * 3600
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class CurrentMembership:
    """Sets `request.membership`, false for people without a team, and `request.memberships`, all of this person.

    One query for both, at first use. They are lazy objects, so ask with `if request.membership`, never
    with `is None`. Async views use them in a thread, as everything that touches the database.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.memberships = SimpleLazyObject(lambda: find_memberships(request))  # type: ignore[attr-defined]  # typed in TeamRequest
        request.membership = SimpleLazyObject(lambda: choose(request, request.memberships))  # type: ignore[attr-defined]  # the same
        response = self.get_response(request)
        switched_to = getattr(request, "switched_to", None)
        if switched_to:
            response.set_cookie(TEAM_COOKIE, str(switched_to), max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
        return response


def find_memberships(request: HttpRequest) -> list[Membership]:
    """Those of this person that open a door, oldest first."""
    if not request.user.is_authenticated:
        return []
    mine = list(Membership.objects.alive().filter(user=request.user).select_related("team").order_by("id"))
    for each in mine:
        each.user = request.user  # already loaded: no second query for it
    return mine


def choose(request: HttpRequest, memberships: Sequence[Membership]) -> Membership | None:
    """The membership that the page was made for; without a page the one of the team in the session, else the oldest.

    A page says its team in a header with each htmx request. It counts alone: a page of a team that
    somebody switched away from, or was removed from, must not send its words to another team.
    """
    by_team = {str(membership.team_id): membership for membership in memberships}
    of_page = request.headers.get(TEAM_OF_PAGE)
    if of_page is not None:
        return by_team.get(of_page)
    oldest = memberships[0] if memberships else None
    return by_team.get(str(request.session.get(TEAM_IN_SESSION)), oldest)
