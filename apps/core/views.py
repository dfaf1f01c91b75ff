"""Error pages, and the two questions that supervisors ask."""

import logging
import secrets
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import health
from apps.core.fragments import wants_fragment

log = logging.getLogger(__name__)
LAYOUTS: Final = {True: "base.html", False: "outside.html"}
NOT_SHOWN: Final = ("csrfmiddlewaretoken", "key", "token", "password", "password1", "password2", "oldpassword")
MOST_FIELDS = 10


def error_page(request: HttpRequest, status: int, title: str, sentence: str, **more: Any) -> HttpResponse:
    """One sentence and one act; a toast when htmx asked, which leaves the page as it was."""
    context = {"title": title, "sentence": sentence, "status": status, "layout": LAYOUTS[is_member(request)], **more}
    if wants_fragment(request):
        return as_toast(request, context)
    return render(request, "core/error.html", context, status=status)


def as_toast(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "core/_error_toast.html", context, status=context["status"])
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response


def is_member(request: HttpRequest) -> bool:
    """Whether the shell can be drawn. An early refusal comes before anybody was recognised."""
    return bool(getattr(request, "membership", None)) and hasattr(request, "htmx")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {
        "title": _("This request cannot be understood"),
        "sentence": _("Go back and try again."),
        "product_name": settings.PRODUCT_NAME,
    }
    if isinstance(exception, RequestDataTooBig):
        context["title"] = _("This is larger than this server takes")
        context["sentence"] = _("Nothing was sent. Go back: what you typed is still there. Bring a long list as a file.")
    # Without the request: its host name may be the very thing that was refused.
    return HttpResponse(render_to_string("core/error_plain.html", context), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, _("You may not do this"), _("Your role in this team does not include it."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404, _("Nothing is here"), _("The page was removed, or the address has a mistake."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs nothing that may be broken: no database, no session, no shell."""
    number = secrets.token_hex(4)
    log.error("Error number %s was shown for %s", number, request.path)
    context = {
        "title": _("Something broke on our side"),
        "sentence": _("Your work is kept. Try again in a moment, and quote this number to whoever runs this server:"),
        "number": number,
        "product_name": settings.PRODUCT_NAME,
    }
    return HttpResponse(render_to_string("core/error_plain.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The session ended or the form is too old. What was typed is shown again, so that it can be copied."""
    sentence = _("You may have signed in or out in another tab. Nothing was sent. Open the page again and send it once more.")
    return error_page(request, 403, _("This page was open for too long"), sentence, typed=typed_texts(request))


def typed_texts(request: HttpRequest) -> list[str]:
    try:
        fields = list(request.POST.items())
    except (BadRequest, MultiPartParserError, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, UnreadablePostError):
        return []
    return [str(text) for name, text in fields if name not in NOT_SHOWN and " " in str(text).strip()][:MOST_FIELDS]


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    parts = health.run_checks()
    return JsonResponse({part: "up" if works else "down" for part, works in parts.items()}, status=200 if all(parts.values()) else 503)
