"""Settings, Providers: the servers of the team and their tests. Their models: `apps.catalog`."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import User
from apps.core.fragments import wants_fragment
from apps.providers import services
from apps.providers.access import get_own_provider, may_change, may_test, too_many_tests, with_shown_address
from apps.providers.checkup import check
from apps.providers.choices import providers_of
from apps.providers.forms import EXAMPLES, KINDS, ProviderForm
from apps.providers.health import health_of
from apps.providers.models import Provider
from apps.providers.own_keys import own_keys_of
from apps.providers.words import word_sentence


@require_GET
@requires("viewer")
def list_providers(request: TeamRequest) -> HttpResponse:
    providers = _cards(request, _counted(request))
    has_builtin = any(provider.is_builtin for provider in providers)
    context = {"providers": providers, "has_builtin": has_builtin, "can_edit": may(request.membership, "admin")}
    return render(request, "providers/list.html", context)


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("admin")
def new(request: TeamRequest) -> HttpResponseBase:
    """First the choice of three, then the form of the chosen kind: `?kind=` says which."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, "providers/new.html", {"kinds": KINDS.values()})
    form = ProviderForm(request.POST or None, team=request.membership.team, kind=kind.name, by=request.membership)
    if request.method == "POST" and form.is_valid():
        return _check_and_return(request, form.save()) if may_test(request) else too_many_tests(request)
    return _form_page(request, form, {"kind": kind, "examples": EXAMPLES if kind.name == "own" else ()})


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("admin")
def edit(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    provider = get_own_provider(request.membership, pk)
    if provider.is_builtin:  # its address and key come from the settings of the installation
        raise Http404
    form = ProviderForm(request.POST or None, team=request.membership.team, provider=provider, by=request.membership)
    if request.method == "POST" and form.is_valid():
        return _check_and_return(request, form.save()) if may_test(request) else too_many_tests(request)
    return _form_page(request, form, {"provider": provider})


@require_POST
@requires("admin")
def connect_builtin(request: TeamRequest) -> HttpResponseBase:
    return _check_and_return(request, services.ensure_builtin(request.membership.team, by=request.membership))


@require_POST
@requires("admin")
def test(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Call the server now. htmx gets the card again, others go back to where they pressed it."""
    provider = get_own_provider(request.membership, pk)
    if not may_test(request):
        return too_many_tests(request)
    if not wants_fragment(request):
        return _check_and_return(request, provider, back="form" if "form" in request.POST else "list", wants_word=True)
    check(provider, word_for=request.membership.team, person=_tester(request, provider))
    card = _cards(request, _counted(request).filter(pk=provider.pk))[0]
    return render(request, "providers/_tested_card.html", {"provider": card, "can_edit": True})


@require_POST
@requires("admin")
def remove_key(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Forget the key of the provider, so that only those with a key of their own can use it, or nobody."""
    provider = get_own_provider(request.membership, pk)
    services.remove_key(provider, by=request.membership)
    messages.success(request, _("The key of %(provider)s is forgotten.") % {"provider": provider.name})
    return redirect("providers:list")


@require_http_methods(["GET", "POST"])
@requires("admin")
def delete(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Asks first, and says how many runs went there and how many are under way."""
    provider = get_own_provider(request.membership, pk)
    if request.method == "POST":
        messages.success(request, _deleted(provider, services.delete_provider(provider, by=request.membership)))
        return redirect("providers:list")
    context = {"provider": provider, "runs": provider.runs.count(), "under_way": services.runs_under_way(provider)}
    return render(request, "providers/delete.html", {**context, "personal_keys": provider.personal_keys.count()})


def _deleted(provider: Provider, under_way: int) -> str:
    sentence = _("%(provider)s is deleted and its key forgotten.") % {"provider": provider.name}
    if not under_way:
        return sentence
    ended = ngettext("%(count)s answer under way is ended.", "%(count)s answers under way are ended.", under_way)
    return f"{sentence} {ended % {'count': under_way}}"


def _counted(request: TeamRequest) -> QuerySet[Any]:
    """The providers that the team may use, with the number of models that can be chosen; the built-in one last."""
    present = Q(models__is_listed=True) | Q(models__is_typed=True)
    rows = providers_of(request.membership.team)
    return rows.annotate(model_count=Count("models", filter=present)).order_by("is_builtin", "name", "pk")


def _cards(request: TeamRequest, rows: QuerySet[Any]) -> list[Any]:
    """The rows with what their cards need: `health`, and of the person who looks `can_change`, `own_key`, `may_enter_own_key`.

    Of what is only offered to the team they keep the host alone: not to be saved.
    """
    cards = list(rows)
    own = own_keys_of(request.membership.user, cards)
    is_editor = may(request.membership, "editor")
    health = health_of(cards, request.membership.team_id)
    for card in cards:
        card.health = health[card.pk]
        card.can_change = may_change(request.membership, card)
        card.own_key = own.get(card.pk)
        card.may_enter_own_key = is_editor and card.takes_personal_keys
        with_shown_address(request.membership, card)
    return cards


def _form_page(request: TeamRequest, form: ProviderForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "providers/form.html", {"form": form, **context}, status=422 if form.errors else 200)


def _check_and_return(request: TeamRequest, provider: Provider, *, back: str = "list", wants_word: bool = False) -> HttpResponseBase:
    """What was just saved is tested at once, at no cost; the list shows the outcome on its card."""
    result = check(provider, word_for=request.membership.team if wants_word else None, person=_tester(request, provider))
    if result.ok:
        messages.success(request, " ".join(filter(None, (f"{provider.name}: {result.sentence}", word_sentence(provider)))))
    elif back != "list":
        messages.error(request, f"{provider.name}: {result.sentence}")
    else:
        messages.error(request, _("%(provider)s is saved, but the test did not work.") % {"provider": provider.name})
    return redirect("providers:edit", provider.pk) if back == "form" else redirect("providers:list")


def _tester(request: TeamRequest, provider: Provider) -> User | None:
    """Whose own key the test may use. Nobody's where there is a key of the team: that one is to be tested."""
    return None if provider.key else request.membership.user
