"""Calls about one file: those that were made, and the one that would be made next."""

import pathlib
from typing import Any, Final

from apps.accounts.models import Membership
from apps.files.models import PARENT, Copy, File, Remote
from apps.files.operations import FetchFile, SendFile
from apps.files.syncing import providers_of
from apps.providers.models import Provider
from apps.runs.models import Run
from apps.runs.operations import InputFile

SHOWN: Final = 8
Call = tuple[str, Provider, dict[str, Any], list[InputFile]]


def calls_of(file: File) -> list[Run]:
    """The newest first, one more than are shown."""
    return list(Run.objects.filter(team=file.team_id, parent_kind=PARENT, parent_id=file.pk).order_by("-pk")[: SHOWN + 1])


def next_call(membership: Membership, file: File) -> Call | None:
    """Its operation, provider, params and files; None where no provider has anything to do with it."""
    if file.provider is not None and file.remote == Remote.THERE:
        return FetchFile.name, file.provider, {"file": file.remote_id, "name": file.name}, []
    place = file.provider or next(iter(providers_of(membership)), None)
    if place is None or file.copy == Copy.NONE:
        return None
    params = {"name": file.name, "purpose": file.purpose or "user_data", "lifetime": file.lifetime}
    return SendFile.name, place, params, [InputFile("input", pathlib.Path(), file.name, file.content_type)]
