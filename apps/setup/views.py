"""The first start: four steps, each at its own address, so that a reload stays where it was."""

import uuid

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.core.forms import focus_on_mistake
from apps.core.fragments import wants_fragment
from apps.providers.access import may_test, too_many_tests
from apps.providers.checkup import check
from apps.providers.forms import EXAMPLES, KINDS, ProviderForm
from apps.providers.models import Provider
from apps.providers.words import check_sentence
from apps.setup import services, token
from apps.setup.forms import Defaults, FirstAccount

GIVEN = "setup_token"  # names in the session
STEP = "setup_step"
FIELD_OF_TROUBLE = {"auth": "key", "no_key": "key", "key_lost": "key", "key_elsewhere": "key", "blocked_address": "allow_private"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Step 1, for whoever has the token, while nobody has an account. Later it leads to the step one is at."""
    if services.is_set_up():
        return redirect(request.session.get(STEP, "home") if request.user.is_authenticated else "account_login")
    given = request.GET.get("token")
    if given is not None and not token.may_guess(request):
        return render(request, "429.html", status=429)
    if given is not None and token.is_token(given):
        request.session[GIVEN] = given
        return redirect("setup:start")
    if not token.is_token(request.session.get(GIVEN, "")):
        if given is not None:
            token.count_guess(request)
        return render(request, "setup/locked.html", {"was_wrong": given is not None}, status=403)
    form = FirstAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return make_account(request, form)
    return render(request, "setup/account.html", {"form": form, "step": 1}, status=422 if form.errors else 200)


def make_account(request: HttpRequest, form: FirstAccount) -> HttpResponseBase:
    data = form.cleaned_data
    try:
        membership = services.make_first_account(email=data["email"], password=data["password"], team_name=data["team"], name=data["name"])
    except services.AlreadySetUp:
        return redirect("account_login")
    login(request, membership.user, backend=BACKEND)
    request.session.pop(GIVEN, None)
    request.session[STEP] = "setup:provider"
    return redirect("setup:provider")


@sensitive_post_parameters("key")
@require_http_methods(["GET", "POST"])
@requires("owner")
def provider(request: TeamRequest) -> HttpResponseBase:
    """Step 2: what is connected already, and the three ways to connect more.

    `?kind=` opens the form of one; `?fix=` that of one whose test did not work, with the reason at its field.
    """
    form = _provider_form(request)
    if request.method == "POST" and form and form.is_valid():
        if not may_test(request):
            return too_many_tests(request)
        row = form.save()
        result = check(row, word_for=request.membership.team, person=request.membership.user)
        return redirect("setup:provider") if result.ok else redirect(f"{reverse('setup:provider')}?fix={row.pk}#connect")
    if request.method == "GET" and form and form.provider:
        form = with_trouble(request, form.provider)
    if form and form.errors:
        focus_on_mistake(form)  # below all that is connected
    rows = visible(request.membership, Provider.objects.alive()).order_by("-is_builtin", "pk")
    kind = form.kind if form and not form.provider else None
    context = {"step": 2, "providers": rows, "kinds": KINDS.values(), "kind": kind, "form": form, "examples": EXAMPLES}
    return render(request, "setup/provider.html", context, status=422 if request.method == "POST" and form and form.errors else 200)


def _provider_form(request: TeamRequest) -> ProviderForm | None:
    asked = {"team": request.membership.team, "by": request.membership, "is_first_start": True}
    if "fix" in request.GET:
        row = get_visible(request.membership, Provider.objects.alive().filter(is_builtin=False), request.GET["fix"])
        return ProviderForm(request.POST or None, provider=row, **asked)
    kind = KINDS.get(request.GET.get("kind", ""))
    return ProviderForm(request.POST or None, kind=kind.name, **asked) if kind else None


def with_trouble(request: TeamRequest, row: Provider) -> ProviderForm:
    """The form of a provider as it is stored, with what its last test found said at the field it is about."""
    blank = ProviderForm(team=request.membership.team, provider=row, is_first_start=True)
    filled = {name: value for name, value in blank.initial.items() if name in blank.fields and value is not False}
    form = ProviderForm(filled, team=request.membership.team, provider=row, is_first_start=True)
    if row.last_check and not row.last_check.get("ok"):
        form.add_error(FIELD_OF_TROUBLE.get(row.last_check.get("kind", ""), "base_url"), check_sentence(row))
    return form


@require_POST
@requires("owner")
def test_provider(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Call the server now, also for one word; htmx gets the one card again."""
    row = get_visible(request.membership, Provider.objects.alive(), pk)
    if not may_test(request):
        return too_many_tests(request)
    check(row, word_for=request.membership.team, person=request.membership.user)
    if wants_fragment(request):
        return render(request, "setup/_provider.html", {"provider": row})
    return redirect("setup:provider")


@require_http_methods(["GET", "POST"])
@requires("owner")
def models(request: TeamRequest) -> HttpResponseBase:
    """Step 3: which model pages start with."""
    request.session[STEP] = "setup:models"
    form = Defaults(request.POST or None, team=request.membership.team)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("setup:done")
    return render(request, "setup/models.html", {"step": 3, "form": form}, status=422 if form.errors else 200)


@require_GET
@requires("owner")
def done(request: TeamRequest) -> HttpResponse:
    """Step 4: where to go from here."""
    request.session.pop(STEP, None)
    return render(request, "setup/done.html", {"step": 4, "first_page": reverse("chat:home")})
