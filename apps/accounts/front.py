"""Home, Health and the jump box: what every app adds to. They stand here because who may see them is decided here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.core import health, home, jump
from apps.core.fragments import render_page


@require_safe
@requires()
def show_home(request: TeamRequest) -> HttpResponse:
    """Where to begin, what to go on with, and what needs attention."""
    return render(request, "core/home.html", home.board(request.membership))


@require_safe
@requires("admin")
def show_health(request: TeamRequest) -> HttpResponse:
    """Every part of this server, asked now and all at once; a dead one costs no more than two seconds."""
    return render(request, "core/health.html", {"readings": health.read_parts()})


@require_safe
@requires()
def show_jump(request: TeamRequest) -> HttpResponse:
    """`?q=`: what has that name, in groups. The script of the dialog takes the results alone."""
    text = request.GET.get("q", "")
    context = {"q": text, "groups": jump.search(request.membership, text)}
    return render_page(request, "core/jump.html", context, fragment="core/_jump_options.html")
