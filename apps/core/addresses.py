"""Addresses that came along with a request, or are made of its own."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """The address if it leads to a page of ours, else `otherwise`."""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else otherwise


def same_page(request: HttpRequest, **changed: str) -> str:
    """The address of this page with something else in its query; empty where something of that is."""
    if not all(changed.values()):
        return ""
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"
