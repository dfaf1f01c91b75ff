"""A server that sends elsewhere, by a redirect or by naming another place, is not followed."""

import json

import pytest

from apps.providers.checkup import check
from gateway.addresses import AddressGuard
from tests.keys.acts import KEY, hears

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_follows_no_redirect(studio, home, elsewhere, ask, status, host):
    home.status, home.headers = status, {"Location": f"http://{host}:{elsewhere.port}/v1/chat/completions"}
    assert ask(studio).status == "failed"
    assert not check(studio).ok
    assert hears(home)
    assert elsewhere.heard == []


def test_it_goes_to_no_place_that_an_answer_names(studio, home, elsewhere, ask):
    place = elsewhere.url
    home.headers = {
        "Location": place,
        "Content-Location": place,
        "Refresh": f"0; url={place}",
        "Link": f'<{place}>; rel="next", <{place}>; rel="preload"',
        "Alt-Svc": f'h2="127.0.0.1:{elsewhere.port}"',
        "Operation-Location": place,
        "x-litellm-model-api-base": place,
        "Set-Cookie": f"key={KEY}",
    }
    home.body = json.dumps(
        {"data": [{"id": "pot-7b", "base_url": place, "permission": [place]}], "base_url": place, "next": place, "has_more": True}
    ).encode()
    check(studio)
    ask(studio)
    assert hears(home)
    assert elsewhere.heard == []
    assert not any("cookie" in heard.headers for heard in home.heard)


def test_it_asks_nobody_else_while_it_checks(studio, home, elsewhere, monkeypatch):
    """Every socket that a check-up opens goes to the one origin."""
    opened = []
    real = AddressGuard.open_socket
    monkeypatch.setattr(AddressGuard, "open_socket", lambda guard, info: opened.append(info[4][:2]) or real(guard, info))
    assert check(studio).ok
    assert set(opened) == {("127.0.0.1", home.port)}
    assert all(heard.headers["host"] == f"127.0.0.1:{home.port}" for heard in home.heard)
