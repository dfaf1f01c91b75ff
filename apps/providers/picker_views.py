"""The rows of the model picker, for its script."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.providers import picker
from apps.providers.choices import EITHER
from apps.providers.model_words import ENDPOINT_WORDS


@require_safe
@requires(Role.VIEWER)
def rows(request: TeamRequest) -> HttpResponse:
    """`?endpoint=`: every model that can do it. Only this tab keeps them, until it goes to another page."""
    endpoint = request.GET.get("endpoint", "chat")
    if not set(endpoint.split(EITHER)) <= ENDPOINT_WORDS.keys():
        raise Http404
    models = picker.list_for(request.membership.team, endpoint, request.membership)
    return HttpResponse(picker.render_rows(models), headers={"Cache-Control": "private, no-store"})
