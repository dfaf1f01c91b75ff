"""The address of a server as a person types it: tidied, and refused where that can be seen without asking a name server.

What a name stands for is judged later, at each connect (`gateway.addresses`).
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.forms import ValidationError
from django.utils.translation import gettext as _

from gateway.addresses import METADATA_NAMES, BadAddress, is_metadata, is_public, origin_of

PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
CALL_PATHS = re.compile(r"/(chat/completions|completions|responses|models|embeddings)/?$")


def split_version(typed: str) -> tuple[str, str]:
    """The address without the `?api-version=…` that stands behind it, and that version; "" if there is none."""
    found = re.fullmatch(r"([^?#]*)\?api-version=([A-Za-z0-9.-]{1,40})", typed.strip())
    return (found[1], found[2]) if found else (typed, "")


def clean_address(text: str) -> str:
    """The address without what people paste along with it: a slash at the end, the path of a call. Raises ValidationError."""
    url = text.strip()
    if not re.match(r"https?://", url, re.IGNORECASE):
        raise ValidationError(_("Start with http:// or https://, for example http://localhost:8080/v1"))
    url = CALL_PATHS.sub("", url).rstrip("/")
    try:
        origin_of(url)
    except BadAddress as problem:
        raise ValidationError(_(str(problem))) from None
    if urlsplit(url).query or urlsplit(url).fragment:
        raise ValidationError(_("Leave out everything from the ? or # on."))
    return url


def is_metadata_host(url: str) -> bool:
    """Whether a cloud tells its machines their secrets there."""
    host = _host(url)
    try:
        return is_metadata(ip_address(host))
    except ValueError:
        return host in METADATA_NAMES


def is_private_host(url: str) -> bool:
    """Whether the host is of a private network, as far as its spelling tells."""
    host = _host(url)
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return "." not in host or host.endswith(PRIVATE_ENDINGS)


def _host(url: str) -> str:
    return (urlsplit(origin_of(url)).hostname or "").lower()
