"""What a name stands for changes between the check and the connect, or was private all the time."""

import socket
from ipaddress import ip_address

import aiohttp.resolver
import pytest

from apps.providers.checkup import check
from apps.providers.models import Provider
from gateway.addresses import AddressGuard
from gateway.tests.test_judge_address import METADATA, PRIVATE
from tests.keys.acts import KEY, enter, hears

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = "198.41.0.4"  # only ever an answer of the stub: nothing is sent there
WRAPPED = ["::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::127.0.0.1", "2001:0:7f00:1::"]


@pytest.fixture
def resolver(monkeypatch):
    """A name server that answers what the test puts into the list, one answer for each question; the last one stays."""
    answers: list[list[str]] = [[PUBLIC]]

    async def resolve(self, host, port=0, family=0):
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            {"hostname": host, "host": each, "port": port, "proto": 0, "flags": socket.AI_NUMERICHOST,
             "family": socket.AF_INET6 if ":" in each else socket.AF_INET}
            for each in told
        ]  # fmt: skip

    monkeypatch.setattr(aiohttp.resolver.ThreadedResolver, "resolve", resolve)
    return answers


@pytest.fixture
def sockets(monkeypatch):
    """The addresses that got a socket. To public ones nothing is really sent: the network is "down"."""
    opened = []
    real = AddressGuard.open_socket

    def open_socket(guard, info):
        made = real(guard, info)
        opened.append(str(info[4][0]))
        if ip_address(opened[-1]).is_global:
            made.close()
            raise OSError("there is no network")
        return made

    monkeypatch.setattr(AddressGuard, "open_socket", open_socket)
    return opened


@pytest.fixture
def named(admin, resolver, sockets, elsewhere) -> Provider:
    """A provider with a public name, entered by the form while the name was public."""
    assert enter(admin, f"http://pots.example:{elsewhere.port}/v1", allow_private="").status_code == 302
    assert set(sockets) == {PUBLIC}
    sockets.clear()
    return Provider.objects.get()


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", *WRAPPED])
def test_it_refuses_a_name_that_was_public_when_it_was_entered(named, resolver, sockets, elsewhere, ask, inside):
    resolver[:] = [[inside]]
    run = ask(named)
    assert (run.status, run.error_kind) == ("failed", "blocked_address")
    assert check(Provider.objects.get()).error == "blocked_address"
    assert (sockets, elsewhere.heard) == ([], [])


def test_it_judges_each_try_to_connect_anew(named, resolver, sockets, elsewhere):
    """Public, private, public, private: each connect is judged by its own answer."""
    resolver[:] = [[PUBLIC], ["127.0.0.1"], [PUBLIC], ["127.0.0.1"]]
    kinds = [check(named).error for _ in range(4)]
    assert kinds == ["unreachable", "blocked_address", "unreachable", "blocked_address"]
    assert (set(sockets), elsewhere.heard) == ({PUBLIC}, [])


def test_it_connects_to_none_of_several_answers_that_is_private(named, resolver, sockets, elsewhere, ask):
    resolver[:] = [[PUBLIC, "127.0.0.1", "::ffff:127.0.0.1"]]
    assert ask(named).status == "failed"
    assert "127.0.0.1" not in sockets
    assert elsewhere.heard == []


@pytest.mark.parametrize("address", [*PRIVATE, *METADATA])
def test_it_calls_no_address_that_is_not_public(named, resolver, sockets, elsewhere, ask, address):
    resolver[:] = [[address]]
    assert ask(named).error_kind == "blocked_address"
    assert (sockets, elsewhere.heard) == ([], [])


@pytest.mark.parametrize("address", METADATA)
def test_it_calls_no_metadata_service_though_its_private_name_was_allowed(admin, resolver, sockets, ask, address):
    resolver[:] = [[address]]
    enter(admin, "http://studio.local:8000/v1")
    assert ask(Provider.objects.get()).error_kind == "blocked_address"
    assert sockets == []


def test_it_opens_an_allowed_private_name_for_its_own_port_alone(admin, resolver, elsewhere, home, ask):
    """The permission is for one scheme, host and port, and goes when the address is changed without it."""
    resolver[:] = [["127.0.0.1"]]
    enter(admin, f"http://studio.local:{home.port}/v1")
    provider = Provider.objects.get()
    assert ask(provider).status == "completed"
    Provider.objects.update(base_url=f"http://studio.local:{elsewhere.port}/v1", key="", key_origin="")
    assert ask(provider).error_kind == "blocked_address"
    assert elsewhere.heard == []


def test_it_takes_no_proxy_and_no_key_from_the_surroundings(studio, home, elsewhere, ask, monkeypatch, tmp_path):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere.origin)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password sk-of-the-machine-0123456789\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-machine-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", elsewhere.url)
    assert ask(studio).status == "completed"
    check(studio)
    assert elsewhere.heard == []
    assert {heard.headers["authorization"] for heard in home.heard if "authorization" in heard.headers} == {f"Bearer {KEY}"}
    Provider.objects.update(key="", key_origin="")
    home.heard.clear()
    ask(studio)
    assert home.chats()
    assert not hears(home, "sk-of-the-machine", "Basic", KEY)
