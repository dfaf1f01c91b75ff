"""The one module that decides who may do what.

Every view, fragment, event stream, file and export asks here. A row of another team answers 404
like a missing one, so that ids cannot be tried out; a colleague without the role gets 403 with the
names of those who can help.
"""

import functools
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.middleware import TEAM_IN_SESSION
from apps.accounts.models import Membership, Role, Team, User
from apps.core.holdings import is_content
from apps.core.ids import first_id_at

RANK = {role: rank for rank, role in enumerate(Role.values)}
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound="QuerySet[Any]")
View = Callable[..., HttpResponseBase]


class TeamRequest(HttpRequest):
    """A request behind `requires`: it has a signed-in member of a team."""

    membership: Membership
    memberships: list[Membership]  # all of this person, oldest first
    htmx: Any


class InAnotherTeam(Http404):
    """The row is one of another team of the same person: `requires` goes there. Elsewhere it is a 404."""

    def __init__(self, membership: Membership) -> None:
        super().__init__()
        self.membership = membership


def may(membership: Membership | None, role: str) -> bool:
    """Whether this member has at least that role, in a team and an account that are alive."""
    # Not `is not None`: the middleware sets a lazy object, which may stand for nobody.
    return bool(membership) and _is_alive(membership) and RANK[membership.role] >= RANK[role]  # type: ignore[union-attr, arg-type]  # it is somebody here


def _is_alive(membership: Membership) -> bool:
    return membership.user.is_active and membership.disabled_at is None and membership.team.deleted_at is None


def who_may(membership: Membership | None, role: str) -> list[User]:
    """The colleagues who have at least that role, for the page that refuses somebody."""
    if not membership or role not in RANK:
        return []
    roles = [name for name, rank in RANK.items() if rank >= RANK[role]]
    helpers = Membership.objects.alive().filter(team=membership.team_id, role__in=roles)
    return [each.user for each in helpers.select_related("user").order_by("user_id")]


def requires(role: str = Role.VIEWER) -> Callable[[View], View]:
    """View decorator: sign in first, then at least this role in the current team.

    A row of another team of this person switches to that team, says so, and asks for the role there.
    """

    def decorate(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                _demand(request, role)
                return view(request, *args, **kwargs)
            except InAnotherTeam as found:
                switch_team(request, found.membership)
                messages.info(request, _("You are in the team %(team)s now.") % {"team": found.membership.team})
                _demand(request, role)
                return view(request, *args, **kwargs)

        guarded.required_role = role  # type: ignore[attr-defined]  # the URL walk of the tests reads it
        return guarded

    return decorate


def _demand(request: HttpRequest, role: str) -> None:
    if not may(getattr(request, "membership", None), role):
        raise PermissionDenied(role)


def still_in(request: HttpRequest) -> list[Membership]:
    """The memberships behind a connection that stays open, asked afresh: of nobody once the session ended.

    Signing out, a new password and an account that was switched off end it; so does the list without a team.
    """
    asking = HttpRequest()
    asking.session = type(request.session)(request.session.session_key)
    user = get_user(asking)
    if not user.is_authenticated or user.pk != request.user.pk:
        return []
    return list(Membership.objects.alive().filter(user=user.pk).select_related("team", "user"))


def switch_team(request: HttpRequest, membership: Membership) -> None:
    """From here on this person works in that team, also with the next requests."""
    request.session[TEAM_IN_SESSION] = str(membership.team_id)
    request.membership = membership  # type: ignore[attr-defined]  # as the middleware does
    request.switched_to = membership.team_id  # type: ignore[attr-defined]  # the middleware tells the other tabs


def visible(membership: Membership, rows: Rows) -> Rows:
    """The rows of the member's own team. Every query that starts from an id in a request goes through it.

    What was there when everything was deleted is gone from here at once; housekeeping takes it from the disk.
    """
    mine = rows.filter(team_id=membership.team_id)
    first = _first_of(membership.team, rows.model)
    return mine if first is None else mine.filter(pk__gte=first)


def is_visible(membership: Membership, row: Model) -> bool:
    """The same of a row that is here already."""
    first = _first_of(membership.team, type(row))
    return row.team_id == membership.team_id and (first is None or row.pk >= first)  # type: ignore[attr-defined]  # every row of a team has it


def _first_of(team: Team, model: type[Model]) -> uuid.UUID | None:
    """The id before which everything was deleted."""
    return first_id_at(team.erase_before) if team.erase_before and is_content(model) else None


def get_visible(membership: Membership, rows: QuerySet[Row], pk: uuid.UUID | str) -> Row:
    """One row of the member's own team, or 404. `InAnotherTeam` if another team of the same person has it."""
    try:
        row = visible(membership, rows).filter(pk=pk).first()
        if row is None:
            _look_elsewhere(membership, rows, pk)
    except (ValueError, TypeError, ValidationError):
        row = None
    if row is None:
        raise Http404
    return row


def _look_elsewhere(membership: Membership, rows: QuerySet[Row], pk: uuid.UUID | str) -> None:
    others = Membership.objects.alive().filter(user=membership.user_id).exclude(pk=membership.pk).select_related("team", "user")
    of_team = {other.team_id: other for other in others}
    if of_team:
        team_id = rows.filter(pk=pk, team_id__in=of_team).values_list("team_id", flat=True).first()
        if team_id is not None and visible(of_team[team_id], rows).filter(pk=pk).exists():
            raise InAnotherTeam(of_team[team_id])
