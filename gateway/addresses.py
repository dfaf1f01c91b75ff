"""Which addresses a call may go to.

A host name is judged where it counts: at each connect, on the very address that is connected to, so
that nothing can change between the judgement and the connection.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.types import AddressPolicy

Address = IPv4Address | IPv6Address
AddressInfo = tuple[Any, Any, int, str, Any]

DEFAULT_PORTS = {"http": 80, "https": 443}

METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"})
_METADATA = tuple(
    ip_network(text)
    for text in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::/32",
        "fd20:ce::254/128",
        "100.100.100.200/32",
        "192.0.0.192/32",
        "168.63.129.16/32",
    )
)
_ENDS_IN_V4 = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_GLOBAL_V6 = ip_network("2000::/3")
_RESERVED = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        *("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16"),
    )
)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")


class BadAddress(ValueError):
    """An address that no call can go to. Its text is a sentence for a person."""


def origin_of(url: str) -> str:
    """The address as "scheme://host:port": lower case, punycode, the port always there. Raises BadAddress."""
    if re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise BadAddress("The address has a space or another character that no address has.")
    try:
        parts, parsed = urlsplit(url), httpx.URL(url)
        port = parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise BadAddress("The address cannot be read.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise BadAddress("The address must begin with http:// or https://.")
    if "@" in parts.netloc:
        raise BadAddress("The address must not hold a user name or password; the key has its own field.")
    return f"{parts.scheme}://{_host_of(parsed)}:{DEFAULT_PORTS[parts.scheme] if port is None else port}"


def without_default_port(origin: str) -> str:
    """The origin as people write it."""
    scheme = origin.partition(":")[0]
    return origin.removesuffix(f":{DEFAULT_PORTS[scheme]}")


def _host_of(url: httpx.URL) -> str:
    """The host's one spelling. Numbers in other spellings than 127.0.0.1 and [::1] are refused: each parser reads them differently."""
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    try:
        if ":" in host and "%" not in host:
            return f"[{IPv6Address(host.strip('[]')).compressed}]"
        if re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError as error:
        raise BadAddress("The address has no readable host.") from error
    if not _HOST.fullmatch(host):
        raise BadAddress("The address has no readable host.")
    return host


def unwrap(address: Address) -> tuple[Address, ...]:
    """The IPv4 addresses that an IPv6 form carries (mapped, compatible, 6to4, Teredo, NAT64); else the address itself."""
    if isinstance(address, IPv4Address):
        return (address,)
    inner = [found for found in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if found]
    if any(address in network for network in _ENDS_IN_V4):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inner) or (address,)


def is_metadata(address: Address) -> bool:
    """A service by which a cloud tells its machines their secrets."""
    return any(_contains(network, inner) for inner in unwrap(address) for network in _METADATA)


def is_public(address: Address) -> bool:
    """Global unicast, also when looked at through the IPv6 forms that hold an IPv4 address."""
    return all(_is_global_unicast(inner) for inner in unwrap(address))


def _is_global_unicast(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return False
    return not any(_contains(network, address) for network in _RESERVED)


def _contains(network: Any, address: Address) -> bool:
    return bool(network.version == address.version and address in network)


class AddressBlocked(OSError):
    """Raised in place of opening a socket."""


class AddressGuard:
    """Opens the sockets of one origin, after judging where they would go."""

    def __init__(self, origin: str, policy: AddressPolicy) -> None:
        self.may_be_private = origin in policy.private_origins

    def allows(self, address: Address) -> bool:
        return not is_metadata(address) and (self.may_be_private or is_public(address))

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """A socket for this address, as the connector asks for one. Raises AddressBlocked."""
        family, kind, protocol, _, place = info
        address = ip_address(str(place[0]).partition("%")[0])
        if not self.allows(address):
            raise AddressBlocked(f"{address} is not a public address")
        return socket.socket(family=family, type=kind, proto=protocol)
