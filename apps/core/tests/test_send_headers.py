"""The headers that every answer carries, in the sync and in the async chain."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path

from apps.core.middleware import CONTENT_SECURITY_POLICY, SecurityHeaders

POLICY_HEADERS = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy")


def html(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>hello</p>")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"data: x\n\n"]), content_type="text/event-stream")


urlpatterns = [
    path("html", html),
    path("json", lambda request: JsonResponse({})),
    path("stream", stream),
    path("broken", broken),
    path("moved", lambda request: HttpResponse(status=302, headers={"Location": "/html"})),
]
handler404 = "apps.core.views.page_not_found"
handler500 = "apps.core.views.server_error"
ONLY_HEADERS = override_settings(
    ROOT_URLCONF=__name__, MIDDLEWARE=["apps.core.middleware.SecurityHeaders", "django_htmx.middleware.HtmxMiddleware"]
)


@ONLY_HEADERS
@pytest.mark.parametrize("address", ["/html", "/json", "/stream", "/broken", "/moved", "/missing"])
def test_it_sends_the_policy_with_every_kind_of_answer(address: str) -> None:
    response = Client(raise_request_exception=False).get(address)
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    for header in POLICY_HEADERS:
        assert response.headers[header], header


@ONLY_HEADERS
async def test_it_sends_the_policy_in_the_async_chain() -> None:
    response = await AsyncClient().get("/stream")
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert (await AsyncClient().get("/html")).headers["X-Frame-Options"] == "DENY"


def test_it_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == "'self'"
    assert rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    for word in ("unsafe", "http:", "https:", "*", "nonce"):
        assert word not in CONTENT_SECURITY_POLICY


def answer(view: Callable[[HttpRequest], HttpResponseBase], cookie: bool) -> HttpResponseBase:
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "somebody"
    response = SecurityHeaders(view)(request)
    assert isinstance(response, HttpResponseBase)
    return response


def test_it_keeps_pages_of_signed_in_people_out_of_caches() -> None:
    assert answer(html, cookie=True).headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in answer(html, cookie=False).headers


def test_it_leaves_a_view_its_own_word_on_caching() -> None:
    def careful(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "private, max-age=60"})

    assert answer(careful, cookie=True).headers["Cache-Control"] == "private, max-age=60"
