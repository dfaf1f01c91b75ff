"""Which providers a member sees, and which one may be changed by whom.

A team sees its own providers and those that the owner of the installation offers to all. Only that
person changes an offered one: its key and its address are not the team's.
"""

import uuid

from allauth.core.internal.ratelimit import consume
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from apps.accounts.access import get_visible, may
from apps.accounts.models import Membership, Role
from apps.core.views import error_page
from apps.providers.models import Provider
from gateway.addresses import origin_of, without_default_port


def get_provider(membership: Membership, pk: uuid.UUID | str) -> Provider:
    """One that this member may see and use, or 404. `InAnotherTeam` as `get_visible` says."""
    offered = Provider.objects.alive().filter(team=None, pk=pk).first()
    return offered or get_visible(membership, Provider.objects.alive(), pk)


def get_own_provider(membership: Membership, pk: uuid.UUID | str) -> Provider:
    """One that this member may change, test or delete. One that is only offered to the team is refused with 403."""
    provider = get_provider(membership, pk)
    if not may_change(membership, provider):
        raise PermissionDenied("installation")
    return provider


def may_change(membership: Membership, provider: Provider) -> bool:
    """An admin the team's own providers; who owns the installation also those offered to all."""
    is_theirs = provider.team_id == membership.team_id or (provider.team_id is None and membership.user.owns_installation)
    return is_theirs and may(membership, Role.ADMIN)


def may_test(request: HttpRequest) -> bool:
    """Whether this person may have a server called now, which counts: nobody looks through a network with check-ups."""
    return consume(request, app="allauth.account", action="provider_test") is not None


def too_many_tests(request: HttpRequest) -> HttpResponse:
    sentence = _("Each test calls the server many times. Wait a minute, then try again. Nothing was saved or tested.")
    return error_page(request, 429, _("These are too many tests at once"), sentence)


def with_shown_address(membership: Membership, provider: Provider) -> Provider:
    """The row as this member sees it, not to be saved: of one that is only offered the host alone, since a path may hold a secret."""
    if provider.team_id is None and not may_change(membership, provider):
        provider.base_url, provider.key_tail = without_default_port(origin_of(provider.base_url)), ""
    return provider
