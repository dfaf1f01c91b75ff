"""Help: what each page is for, what a single key does, what our words mean, what to do when a call fails, and whom to ask."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Membership, Role
from apps.core.fragments import render_page
from apps.core.glossary import WORDS
from apps.core.keys import key_groups
from apps.core.pages import Page, pages_for

HELPERS = (Role.OWNER, Role.ADMIN)  # roles that manage people and providers


@require_safe
@requires()
def start(request: TeamRequest) -> HttpResponse:
    context = {"places": pages_by_place(request.membership), "helpers": helpers_of(request.membership)}
    return render(request, "core/help.html", context)


@require_safe
@requires()
def keys(request: TeamRequest) -> HttpResponse:
    """All of them; `?on=` for the list that opens over one page."""
    context = {"key_groups": key_groups(request.membership, request.GET.get("on"))}
    return render_page(request, "core/help_keys.html", context, fragment="core/_keys.html")


@require_safe
@requires()
def words(request: TeamRequest) -> HttpResponse:
    return render(request, "core/help_words.html", {"words": WORDS})


@require_safe
@requires()
def failures(request: TeamRequest) -> HttpResponse:
    """What to do where a call did not succeed and the cause lies outside of the product: a key, money, a certificate."""
    return render(request, "core/help_failures.html", {"helpers": helpers_of(request.membership)})


def pages_by_place(membership: Membership) -> dict[Any, list[Page]]:
    """The pages that have something said of them, under the headings of the navigation."""
    places: dict[Any, list[Page]] = {}
    for page in pages_for(membership):
        if page.help:
            places.setdefault(str(page.place), []).append(page)
    return places


def helpers_of(membership: Membership) -> list[Membership]:
    """The colleagues who can change what others cannot, without whoever asks."""
    rows = membership.team.memberships.alive().filter(role__in=HELPERS).exclude(pk=membership.pk)
    return list(rows.select_related("user").order_by("-role", "user__name", "user__email"))
