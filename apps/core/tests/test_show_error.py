"""Pages for what went wrong."""

import logging
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

HTMX = {"HX-Request": "true"}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("inner secret of the program")


urlpatterns = [path("broken", broken), path("", include("playground.urls"))]
handler404 = "apps.core.views.page_not_found"
handler500 = "apps.core.views.server_error"


@pytest.mark.django_db
def test_it_answers_a_stranger_who_asks_for_nothing_that_is_here(client: Client) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()


@pytest.mark.django_db
def test_it_answers_htmx_with_a_toast_that_leaves_the_page_alone(client: Client) -> None:
    response = client.get("/no/such/page/", headers=HTMX)
    assert response.status_code == 404
    assert response.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_it_shows_a_number_to_quote_and_nothing_of_the_inside(caplog: Any) -> None:
    with caplog.at_level(logging.ERROR):
        response = Client(raise_request_exception=False).get("/broken")
    assert response.status_code == 500
    page = response.content.decode()
    assert "inner secret" not in page
    number = re.search(r'class="mono">([0-9a-f]{8})<', page)
    assert number is not None
    assert number.group(1) in caplog.text


def test_it_refuses_a_foreign_host_name_with_a_readable_page() -> None:
    response = Client().get("/sign-in/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "cannot be understood" in response.content.decode()
    assert "evil.example" not in response.content.decode()


@pytest.mark.django_db
def test_it_gives_back_what_was_typed_when_the_form_was_too_old() -> None:
    strict = Client(enforce_csrf_checks=True)
    typed = {"message": "A long <b>question</b> about kilns", "key": "sk-secret value", "password": "my secret words", "n": "3"}
    response = strict.post("/sign-in/", typed)
    page = response.content.decode()
    assert response.status_code == 403
    assert "open for too long" in page
    assert "A long &lt;b&gt;question&lt;/b&gt; about kilns" in page
    assert "secret" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"\xff\xfe--", b"--x\r\nContent-Disposition: form-data; name=\x00\r\n\r\n", b""])
def test_it_survives_a_body_that_is_no_form(body: bytes) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", body, content_type="multipart/form-data; boundary=x")
    assert 400 <= response.status_code < 500
