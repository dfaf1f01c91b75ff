"""A person's own key for a provider that allows it: enter, replace, remove."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires
from apps.accounts.models import Role
from apps.providers import own_keys
from apps.providers.access import get_provider
from apps.providers.key_forms import OwnKeyForm
from apps.providers.models import Provider


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("viewer")
def edit(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The form. Where own keys are not used, and for who may not ask any more, only what is stored can be removed."""
    provider = get_provider(request.membership, pk)
    may_enter = may(request.membership, Role.EDITOR)
    form = None
    if provider.takes_personal_keys and not provider.is_builtin and may_enter:
        form = OwnKeyForm(request.POST or None, provider=provider, by=request.membership)
    if request.method == "POST":
        if not may_enter:
            raise PermissionDenied(Role.EDITOR)
        if form is None:
            return _say_not_allowed(request, provider)
        if form.is_valid():
            return _save(request, provider, form)
    context = {"provider": provider, "form": form, "may_enter": may_enter, "own_key": own_keys.own_key(provider, request.membership.user)}
    return render(request, "providers/own_key.html", context, status=422 if form and form.errors else 200)


@require_POST
@requires("viewer")
def remove(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    provider = get_provider(request.membership, pk)
    own_keys.remove_own_key(provider, request.membership)
    messages.success(request, _("Your own key for %(provider)s is forgotten.") % {"provider": provider.name})
    return redirect("providers:list")


def _save(request: TeamRequest, provider: Provider, form: OwnKeyForm) -> HttpResponseBase:
    try:
        form.save()
    except own_keys.NotAllowed:
        return _say_not_allowed(request, provider)
    except own_keys.AddressChanged:
        messages.error(request, _("The address has changed since you opened this page. Look at it, then enter your key again."))
        return redirect("providers:own_key", provider.pk)
    messages.success(request, _("What you ask %(provider)s goes with your own key now.") % {"provider": provider.name})
    return redirect("providers:list")


def _say_not_allowed(request: TeamRequest, provider: Provider) -> HttpResponseBase:
    messages.error(request, _("%(provider)s does not take keys of people. Your key was not stored.") % {"provider": provider.name})
    return redirect("providers:list")
