"""The one module that decides who may do what.

Every view, fragment, event stream, file and export asks here. A row of another team answers 404
like a missing one, so that ids cannot be tried out; a colleague without the role gets 403 with the
names of those who can help.
"""

import functools
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from apps.accounts.models import Membership, Role, User

RANK = {role: rank for rank, role in enumerate(Role.values)}
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound="QuerySet[Any]")
View = Callable[..., HttpResponseBase]


class TeamRequest(HttpRequest):
    """A request behind `requires`: it has a signed-in member of a team."""

    membership: Membership
    htmx: Any


def may(membership: Membership | None, role: str) -> bool:
    """Whether this member has at least that role, in a team and an account that are alive."""
    # Not `is not None`: the middleware sets a lazy object, which may stand for nobody.
    return bool(membership) and membership.user.is_active and RANK[membership.role] >= RANK[role]  # type: ignore[union-attr]


def who_may(membership: Membership | None, role: str) -> list[User]:
    """The colleagues who have at least that role, for the page that refuses somebody."""
    if not membership or role not in RANK:
        return []
    roles = [name for name, rank in RANK.items() if rank >= RANK[role]]
    return list(User.objects.filter(memberships__team=membership.team_id, memberships__role__in=roles, is_active=True).order_by("id"))


def requires(role: str = Role.VIEWER) -> Callable[[View], View]:
    """View decorator: sign in first, then at least this role in the current team."""

    def decorate(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(getattr(request, "membership", None), role):
                raise PermissionDenied(role)
            return view(request, *args, **kwargs)

        guarded.required_role = role  # type: ignore[attr-defined]  # the URL walk of the tests reads it
        return guarded

    return decorate


def visible(membership: Membership, rows: Rows) -> Rows:
    """The rows of the member's own team. Every query that starts from an id in a request goes through it."""
    return rows.filter(team_id=membership.team_id)


def get_visible(membership: Membership, rows: QuerySet[Row], pk: uuid.UUID | str) -> Row:
    """One row of the member's own team, or 404."""
    try:
        row = visible(membership, rows).filter(pk=pk).first()
    except (ValueError, TypeError, ValidationError):
        row = None
    if row is None:
        raise Http404
    return row
