"""Which addresses are public, and that judging happens where the connection is made."""

import socket
from ipaddress import ip_address

import pytest
import uvloop

from gateway import AddressPolicy, BadAddress, GatewayError, origin_of
from gateway.addresses import AddressBlocked, AddressGuard, is_metadata, is_public
from gateway.tests.raw_server import CHAT, answers_with, serving

PRIVATE = [
    *(
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
    ),
    *(
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "255.255.255.255",
        "224.0.0.1",
        "239.1.1.1",
    ),
    *(
        "240.0.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
    ),
    *(
        "192.88.99.1",
        "::",
        "::1",
        "fc00::1",
        "fd12::1",
        "fec0::1",
    ),
    *(
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ),
    *(
        "::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
    ),
    *(
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:0:a00:1:8000:63bf:f7f7:f7f7",
    ),
]
PUBLIC = [
    *(
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "198.20.0.1",
        "2606:4700::1111",
    ),
    *(
        "2a00:1450:4001::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ),
]
METADATA = [
    *(
        "169.254.169.254",
        "169.254.170.2",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
    ),
    *(
        "2002:a9fe:a9fe::",
        "fe80::1",
        "192.0.0.192",
        "168.63.129.16",
        "fd20:ce::254",
    ),
]


@pytest.mark.parametrize("text", PRIVATE)
def test_it_takes_no_private_address_for_a_public_one(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_it_lets_public_addresses_through(text):
    assert is_public(ip_address(text))
    assert not is_metadata(ip_address(text))


@pytest.mark.parametrize("text", METADATA)
def test_it_never_allows_metadata_even_where_private_addresses_are_allowed(text):
    origin = "http://cloud:80"
    guard = AddressGuard(origin, AddressPolicy(frozenset({origin})))
    assert not guard.allows(ip_address(text))


def test_it_opens_a_socket_for_a_private_address_only_if_that_very_origin_was_allowed():
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    policy = AddressPolicy(frozenset({"http://box:8000"}))
    AddressGuard("http://box:8000", policy).open_socket(info).close()
    for origin in ("http://box:8001", "https://box:8000", "http://box2:8000"):
        with pytest.raises(AddressBlocked):
            AddressGuard(origin, policy).open_socket(info)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://API.OpenAI.com/v1", "https://api.openai.com:443"),
        ("http://localhost:8080/v1/", "http://localhost:8080"),
        ("HTTP://localhost.", "http://localhost:80"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]:80"),
        ("https://my_box:443/x?y=1", "https://my_box:443"),
    ],
)
def test_it_writes_one_origin_in_one_way(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "localhost:80",
            "//host/v1",
            "ftp://host",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://",
            "http:///v1",
            "https://:443",
        ),
        *(
            "http://user:secret@host/",
            "http://user@host/",
            "http://@host/",
            "http://good\\@evil/",
            "http://good\\.evil/",
            "http://a b/",
            "http://a\nb/",
        ),
        *("http://host:99999/", "http://host:x/", "http://[::1", "http://a..b/", "http://%31/", "http://exa%6dple.com", "http://ho\x00st"),
        *(
            "http://127.1",
            "http://2130706433",
            "http://0x7f.0.0.1",
            "http://0177.0.0.1",
            "http://1.2.3.4.5",
            "http://[::1.2.3]",
            "http://[fe80::1%25eth0]/",
        ),
    ],
)
def test_it_refuses_addresses_that_parsers_could_read_in_two_ways(url):
    with pytest.raises(BadAddress):
        origin_of(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]"])
async def test_it_connects_to_no_private_address_however_it_is_written(host):
    async with serving(answers_with(b"{}")) as provider:
        gateway = provider.gateway(base_url=f"http://{host}:{provider.port}/v1", policy=AddressPolicy())
        with pytest.raises(GatewayError) as caught:
            await gateway.send(CHAT)
    assert caught.value.kind == "blocked_address"
    assert not caught.value.reached_provider
    assert provider.talks == []


async def test_it_connects_where_an_administrator_allowed_it():
    async with serving(answers_with(b'{"ok":true}')) as provider:
        response = await provider.gateway(base_url=f"http://localhost:{provider.port}/v1").send(CHAT)
    assert response.json == {"ok": True}


async def test_it_judges_a_name_by_what_it_means_at_each_connect(monkeypatch):
    """A name that was public when it was entered and points inside later (DNS rebinding) is caught at the connect."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    async with serving(answers_with(b"{}")) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(base_url=f"http://rebinding.example:{provider.port}").send(CHAT)
    assert caught.value.kind == "blocked_address"
    assert provider.talks == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_it_judges_on_the_loop_of_the_worker_too(host):
    """uvloop asks the resolver and makes connections in its own way."""

    async def call():
        async with serving(answers_with(b"{}")) as provider:
            with pytest.raises(GatewayError) as caught:
                await provider.gateway(base_url=f"http://{host}:{provider.port}/v1", policy=AddressPolicy()).send(CHAT)
            return caught.value.kind, provider.talks

    assert uvloop.run(call()) == ("blocked_address", [])


@pytest.mark.parametrize("host", ["169.254.169.254", "metadata.google.internal", "METADATA", "[fd00:ec2::254]"])
async def test_it_never_asks_a_metadata_service(host):
    async with serving(answers_with(b"{}")) as provider:
        url = f"http://{host}:{provider.port}"
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(base_url=url, policy=AddressPolicy(frozenset({origin_of(url)}))).send(CHAT)
    assert caught.value.kind == "blocked_address"


async def test_it_refuses_credentials_in_an_address_before_anything_is_sent():
    async with serving(answers_with(b"{}")) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(base_url=f"http://me:secret@127.0.0.1:{provider.port}").send(CHAT)
    assert caught.value.kind == "blocked_address"
    assert "secret" not in str(caught.value.as_dict())
    assert provider.talks == []
