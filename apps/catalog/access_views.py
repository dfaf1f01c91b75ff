"""Who may use a model: admins decide."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.catalog.forms import AccessForm
from apps.catalog.model_views import get_model, model_page
from apps.providers.model_access import rule_of, settle


@require_POST
@requires("admin")
def settle_access(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    model = get_model(request, pk)
    form = AccessForm(request.POST, team=request.membership.team, rule=rule_of(request.membership.team_id, model.provider_id, model.name))
    if not form.is_valid():
        return model_page(request, model, access_form=form)
    if settle(request.membership, model, form.rule):
        messages.success(request, _("It is settled who may use %(model)s.") % {"model": model})
    return redirect("catalog:model", pk)
