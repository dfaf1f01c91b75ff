"""The first start: four steps, each at its own address, so that a reload stays where it was."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.setup import services, token
from apps.setup.forms import FirstAccount

KEPT_TOKEN = "setup_token"  # name in the session
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Step 1, for whoever has the token, while nobody has an account."""
    if services.is_set_up():
        return redirect("home" if request.user.is_authenticated else "account_login")
    given = request.GET.get("token")
    if given is not None and token.is_token(given):
        request.session[KEPT_TOKEN] = given
        return redirect("setup:start")
    if not token.is_token(request.session.get(KEPT_TOKEN, "")):
        return render(request, "setup/locked.html", {"was_wrong": given is not None}, status=403)
    form = FirstAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return make_account(request, form)
    return render(request, "setup/account.html", {"form": form, "step": 1}, status=422 if form.errors else 200)


def make_account(request: HttpRequest, form: FirstAccount) -> HttpResponse:
    data = form.cleaned_data
    try:
        membership = services.make_first_account(email=data["email"], password=data["password"], team_name=data["team"], name=data["name"])
    except services.AlreadySetUp:
        return redirect("account_login")
    login(request, membership.user, backend=BACKEND)
    request.session.pop(KEPT_TOKEN, None)
    return redirect("home")
