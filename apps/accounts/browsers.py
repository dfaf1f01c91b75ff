"""The browsers that a person is signed in with: noted at sign-in and while they are used, listed, ended.

The sessions themselves are Django's, and ending one deletes it: its next request asks to sign in.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.logout import logout
from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.user_agents import describe_browser, is_handheld

NOTED: Final = "noted_at"  # in the session, so that most requests ask and write nothing
NOTE_EVERY: Final = 300.0  # seconds
NOWHERE: Final = "::"  # a request by a socket that has no address
LONGEST_NAME: Final = 200


class NoteBrowser:
    """Middleware: notes when and where each session was last seen, at most once in five minutes."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Only where the view has asked who it is: a session is not read for this alone.
        if request.session.accessed and SESSION_KEY in request.session and is_due(request):
            note_browser(request)
        return response


def is_due(request: HttpRequest) -> bool:
    noted = request.session.get(NOTED)
    return not isinstance(noted, int | float) or time.time() - noted >= NOTE_EVERY


def note_sign_in(sender: type[User], request: HttpRequest, user: User, **signal: Any) -> None:
    """Receives Django's signal, so that every way in is noted."""
    note_browser(request)


def note_browser(request: HttpRequest) -> None:
    """Keep where the session of this request is used from."""
    request.session[NOTED] = time.time()
    if request.session.session_key is None:  # somebody else was signed in here: that session was emptied, and this one has no key yet
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user_id": request.session[SESSION_KEY],
            "ip": get_client_ip(request) or NOWHERE,
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:LONGEST_NAME],
            "last_seen_at": timezone.now(),
        },
    )


def browsers_of(request: HttpRequest) -> list[dict[str, Any]]:
    """All browsers of the person, this one first, then the one seen last."""
    here = request.session.session_key
    rows = [_described(row, row.session_key == here) for row in UserSession.objects.purge_and_list(request.user)]
    return sorted(rows, key=lambda row: (row["is_this"], row["row"].last_seen_at), reverse=True)


def _described(row: UserSession, is_this: bool) -> dict[str, Any]:
    return {
        "row": row,
        "name": describe_browser(row.user_agent),
        "is_handheld": is_handheld(row.user_agent),
        "address": "" if row.ip == NOWHERE else row.ip,
        "is_this": is_this,
    }


def end_browser(request: HttpRequest, row: UserSession) -> None:
    """Sign one browser out; when it is the one that asks, all that a sign-out does."""
    is_this = row.session_key == request.session.session_key
    row.end()
    if is_this:
        logout(request)


def end_others(request: HttpRequest) -> int:
    """Sign out every other browser of the person. Returns how many."""
    others = list(UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))
    for row in others:
        row.end()
    return len(others)
