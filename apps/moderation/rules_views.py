"""Settings: whether chats and pictures are checked before they are sent."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.moderation.forms import BeforeSendingForm
from apps.moderation.rules import choice_of, rules_of, save_before_sending


@requires(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def rules(request: TeamRequest) -> HttpResponse:
    row = rules_of(request.membership.team)
    form = BeforeSendingForm(request.POST or None, row)
    if request.method == "POST" and form.is_valid():
        chosen = form.choices.get(form.cleaned_data["model"])
        if save_before_sending(request.membership, form.cleaned_data, chosen.model if chosen else None):
            messages.success(request, _("Saved. It holds for everything that is started from now on."))
        return redirect("before_sending:rules")
    context = {"form": form, "rules": row, "choice": choice_of(row)}
    return render(request, "moderation/rules.html", context, status=422 if form.errors else 200)
