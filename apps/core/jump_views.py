"""The jump box: a page of its own, and the results for its dialog."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.core import jump
from apps.core.fragments import render_page
from apps.core.members import MemberRequest, for_members


@require_safe
@for_members
def results(request: MemberRequest) -> HttpResponse:
    """`?q=`: what has that name, in groups. The script of the dialog takes the results alone."""
    text = request.GET.get("q", "")
    context = {"q": text, "groups": jump.search(request.membership, text)}
    return render_page(request, "core/jump.html", context, fragment="core/_jump_options.html")
