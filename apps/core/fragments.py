"""One view, two sizes of answer: the whole page, or the part of it that htmx asked for. And what follows a click."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part. A boosted link and a restored history entry want the whole page."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, fragment: str | None = None, status: int = 200
) -> HttpResponse:
    """The page `template`, or for htmx the file `fragment` of it, when the view has one."""
    name = fragment if fragment and wants_fragment(request) else template
    response = render(request, name, context, status=status)
    if fragment:
        patch_vary_headers(response, ["HX-Request"])
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """A page, also for htmx."""
    if not wants_fragment(request):
        return HttpResponseRedirect(url, status=303)
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response


def refuse(
    request: HttpRequest, sentence: str, status: int, target: str, template: str = "core/_refusal.html", **context: Any
) -> HttpResponse:
    """Why nothing was started, put into `target`. What was typed stays where it is."""
    response = render(request, template, {"error": sentence, **context}, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = target, "innerHTML"
    return response
