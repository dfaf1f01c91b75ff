"""Deleting a tuned model at its provider: the question first, with its name typed by hand."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, requires
from apps.catalog.deleting import UnderWay, begin
from apps.catalog.forms import DeleteForm
from apps.catalog.listing import is_tuned
from apps.catalog.model_views import choice_of, get_model
from apps.providers.access import get_own_provider
from apps.providers.uses import NOTHING, touched_by
from apps.runs.services import KeyReused, TooManyRuns


@require_http_methods(["GET", "POST"])
@requires("admin")
def delete(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Only what somebody taught with examples of his own can be deleted, by whoever may change its provider."""
    model = get_model(request, pk)
    get_own_provider(request.membership, model.provider_id)
    if not is_tuned(model) or model.deleted_at is not None:
        raise Http404
    form = DeleteForm(request.POST or None, model=model)
    label = choice_of(request, model).label
    if request.method == "POST" and form.is_valid():
        try:
            begin(request.membership, model, label, str(form.cleaned_data["key"]))
        except (UnderWay, KeyReused):
            messages.info(request, _("It is being deleted already."))
        except ValueError:
            form.add_error("name", _("No address can hold this name, so it cannot be deleted from here."))
        except TooManyRuns:
            form.add_error(None, _("You have as many answers under way as one person may have. Wait for one of them, or stop one."))
        if not form.errors:
            return redirect("catalog:model", pk)
    touched = touched_by(request.membership, [model.pk]).get(model.pk, NOTHING)
    context = {"model": model, "provider": model.provider, "label": label, "form": form, "touched": touched}
    return render(request, "catalog/delete.html", context, status=422 if form.errors else 200)
