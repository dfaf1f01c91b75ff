"""What a person says about himself: name, time zone, address."""

from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import consume
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.audit import record
from apps.accounts.browsers import end_others, note_browser
from apps.accounts.profile_forms import NOT_USABLE, NewAddress, Profile


@require_safe
@requires()
def settings_start(request: TeamRequest) -> HttpResponse:
    """The address of Settings as a whole: its first page."""
    return redirect("accounts:profile")


@require_http_methods(["GET", "POST"])
@requires()
def profile(request: TeamRequest) -> HttpResponse:
    form = Profile(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=Profile.Meta.fields)
        messages.success(request, _("Saved"))
        return redirect("accounts:profile")
    return _page(request, form, NewAddress(person=request.user))


@require_POST
@requires()
def change_address(request: TeamRequest) -> HttpResponse:
    """Another address to sign in with. Every other browser of the person is signed out."""
    if consume(request, app="allauth.account", action="reauthenticate") is None:
        return render(request, "429.html", status=429)
    form = NewAddress(request.POST, person=request.user)
    if form.is_valid() and _move(request, form):
        messages.success(request, _("Your address is changed. Your other browsers are signed out."))
        return redirect("accounts:profile")
    return _page(request, Profile(instance=request.user), form)


def _move(request: TeamRequest, form: NewAddress) -> bool:
    """False, said on the form, when somebody else took the address in this moment."""
    person, before = request.user, request.user.email
    try:
        with transaction.atomic():
            person.email = form.cleaned_data["email"]
            # The same password, hashed anew: sessions are bound to the hash, so all others end, also those nobody has noted.
            person.set_password(form.cleaned_data["password"])
            person.save(update_fields=["email", "password"])
            EmailAddress.objects.filter(user=person).delete()
            for membership in request.memberships:  # in the book of each team: the account opens all of them
                record(membership, "email.changed", target=str(person), before=before, after=person.email)
    except IntegrityError:
        person.refresh_from_db(fields=["email", "password"])
        form.add_error("email", NOT_USABLE)
        return False
    update_session_auth_hash(request, person)
    note_browser(request)
    end_others(request)
    return True


def _page(request: HttpRequest, form: Profile, address: NewAddress) -> HttpResponse:
    status = 422 if form.errors or address.errors else 200
    return render(request, "accounts/profile.html", {"form": form, "address": address}, status=status)
