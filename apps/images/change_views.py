"""The map of what changed outside of what was painted."""

import uuid

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.serving import A_DAY, POLICY
from apps.images.comparing import can_compare, compared
from apps.images.models import Picture
from apps.images.pictures.encoding import PNG
from apps.images.pictures.unusable import Unusable


@requires(Role.VIEWER)
@require_safe
def changes(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponseBase:
    """A PNG to lie over the picture. 404 where nothing was painted, where the original was put back, and where a file is lost."""
    row = get_visible(request.membership, Picture.objects.select_related("made_from", "mask"), picture_id)
    if not can_compare(row):
        raise Http404
    tag = f'"changes-{row.pk.hex}"'  # neither the picture nor what it was made from ever changes
    answer = get_conditional_response(request, etag=tag) or _map(row)
    answer["ETag"] = tag
    answer["Cache-Control"] = f"private, max-age={A_DAY}"
    return answer


def _map(row: Picture) -> HttpResponse:
    try:
        answer = HttpResponse(compared(row).map, content_type=PNG)
    except (Unusable, FileNotFoundError):
        raise Http404 from None
    answer["Content-Security-Policy"] = POLICY
    return answer
