"""How pages look and behave for one person: at once where htmx asks, with a Save button else."""

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.look_forms import Look, other_theme
from apps.core.addresses import own_address
from apps.core.context import MOTION_COOKIE, THEME_COOKIE, THEMES, chosen_motion, chosen_theme
from apps.core.fragments import wants_fragment

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "POST"])
@requires()
def look(request: TeamRequest) -> HttpResponse:
    kept = {"theme": chosen_theme(request), "motion": chosen_motion(request)}
    form = Look(request.POST or None, instance=request.user, initial=kept)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=Look.Meta.fields)
        response = _saved(request, form)
        keep_in_browser(response, THEME_COOKIE, form.cleaned_data["theme"])
        keep_in_browser(response, MOTION_COOKIE, form.cleaned_data["motion"])
        return response
    return render(request, "accounts/look.html", {"form": form}, status=422 if form.errors else 200)


def _saved(request: TeamRequest, form: Look) -> HttpResponse:
    """The page again; for htmx what static/js/look.js has to change on the page that is open."""
    if not wants_fragment(request):
        messages.success(request, _("Saved"))
        return redirect("accounts:look")
    response = render(request, "accounts/_look_saved.html")
    response["HX-Trigger"] = json.dumps({"look:saved": form.cleaned_data})
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """The button that turns light into dark, also for people who are not signed in, without a script."""
    response = HttpResponseRedirect(own_address(request, request.POST.get("next", ""), reverse("accounts:look")))
    wish = request.POST.get("theme", "")
    chosen = other_theme(chosen_theme(request)) if wish == "other" else wish
    keep_in_browser(response, THEME_COOKIE, chosen if chosen in THEMES else "")
    return response


def keep_in_browser(response: HttpResponseBase, cookie: str, value: str) -> None:
    """A cookie, so that the server writes it into the page and nothing flashes; none for the system's own choice."""
    if value:
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie(cookie)
