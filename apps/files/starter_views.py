"""A file to begin with, put into the list by one click."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Membership, Role
from apps.core.fragments import go_to
from apps.core.storing import DiskFull
from apps.files.bringing import add_piece, begin, finish
from apps.files.judging import Announced, Refused, disk_is_full
from apps.files.models import File
from apps.files.starters import Starter, starter
from apps.providers.choices import default_model
from apps.runs.services import key_of

NO_MODEL: Final = "name-of-a-model"  # in the requests, where nobody has any yet


@requires(Role.EDITOR)
@require_POST
def start(request: TeamRequest) -> HttpResponse:
    """`example` names one of the starters. Pressed twice it is one file."""
    chosen = starter(request.POST.get("example", ""))
    if chosen is None:
        messages.error(request, _("Choose one of the examples."))
        return go_to(request, reverse("files:list"))
    try:
        file = _brought(request.membership, chosen, key_of(request.POST.get("key", "")))
    except DiskFull:
        messages.error(request, disk_is_full())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        return go_to(request, f"{reverse('files:list')}?file={file.pk}")
    return go_to(request, reverse("files:list"))


def _brought(member: Membership, chosen: Starter, key: str) -> File:
    """As a browser brings one, piece by piece. Raises Refused, DiskFull."""
    model = default_model(member.team, member=member)
    body = chosen.body(model.name if model else NO_MODEL)
    file = begin(member, Announced(chosen.file_name, len(body), key=f"{chosen.name} {key}", purpose=chosen.purpose))
    for number, start in enumerate(range(0, len(body), settings.FILE_PIECE_BYTES)):
        file = add_piece(file, number, body[start : start + settings.FILE_PIECE_BYTES])
    return finish(file)
