"""Who may see the pages of this app: every member of the team, whatever the role. `accounts.access` is above and cannot be asked."""

import functools
from collections.abc import Callable
from typing import Any, Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class MemberRequest(HttpRequest):
    """A request behind `for_members`."""

    membership: Any
    htmx: Any


class View(Protocol):
    def __call__(self, request: Any) -> HttpResponseBase: ...


def for_members(view: Callable[[MemberRequest], HttpResponseBase]) -> View:
    """View decorator: sign in first, then be in a team. The middleware gives a membership only while it is alive."""

    @login_required
    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not getattr(request, "membership", None):
            raise PermissionDenied("viewer")
        return view(request)  # type: ignore[arg-type]  # it has a membership now

    guarded.required_role = "viewer"  # type: ignore[attr-defined]  # the URL walk of the tests reads it
    return guarded
