"""What people want done with files at providers. The wish is written, and a worker does it (`following`)."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.files import fetching, making, stopping
from apps.files.looking import check_before_sending
from apps.files.models import PARENT, Copy, File, Part, Remote
from apps.files.remote_states import NO_UPLOAD
from apps.providers.models import Provider
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Status

CHUNK: Final = 1024 * 1024
KEPT: Final = (Copy.COMING, Copy.LOOKING, Copy.READY)
AT_REST: Final = (Remote.NONE, Remote.FAILED, Remote.UNCLEAR, Remote.GONE)
SHORTEST, LONGEST = 3600, 30 * 24 * 3600  # seconds of a lifetime that OpenAI takes


class NotPossible(Exception):
    """A wish that makes no sense as things are. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def send(membership: Membership, file: File, provider: Provider, purpose: str, lifetime: int | None, key: str) -> File:
    """Send it to this provider as soon as our copy is ready. What lies at a provider already is copied to a row of its own.

    The same key is the same wish. Raises NotPossible.
    """
    if file.copy not in KEPT:
        raise NotPossible(_("This file is not here. Fetch it from its provider first."))
    if lifetime is not None and not SHORTEST <= lifetime <= LONGEST:
        raise NotPossible(_("A file can be kept from an hour to 30 days, or for ever."))
    if file.key == key:
        return file
    existing = File.objects.filter(team=membership.team, key=key).first()
    if existing is not None:
        return existing
    place: dict[str, Any] = {"provider": provider, "purpose": purpose, "lifetime": lifetime, "wisher": membership.user}
    if file.remote in {Remote.THERE, Remote.DELETING}:  # a worker copies it first: that may be gigabytes
        return making.begin(membership, file, making.COPY, {}, key=key, size=file.size, remote=Remote.WAITING, tries=1, **place)
    with transaction.atomic():  # no worker hears of it before it is known whether it is checked first
        file = _wanted(membership, file, provider, purpose, lifetime)
        check_before_sending(file)
    return file


def _wanted(membership: Membership, file: File, provider: Provider, purpose: str, lifetime: int | None) -> File:
    place: dict[str, Any] = {"provider": provider, "purpose": purpose, "lifetime": lifetime, "wisher": membership.user}
    if file.provider_id != provider.pk or file.purpose != purpose or file.lifetime != lifetime:
        place |= NO_UPLOAD
    fresh = {"remote": Remote.WAITING, "remote_id": "", "remote_status": "", "expires_at": None, "sentence": "", "repeats": 0}
    fresh |= {"sender": None, "has_own_key": False}
    with transaction.atomic():
        rows = File.objects.alive().filter(pk=file.pk, remote__in=AT_REST, copy__in=KEPT)
        if rows.update(**place, **fresh, tries=F("tries") + 1, touched_at=Now()):
            _reset_parts(file, is_fresh="upload_id" in place)
        publish_follow_up(PARENT, file.pk)
    return _fresh(file)


def _reset_parts(file: File, *, is_fresh: bool) -> None:
    """What the provider has of it already stays there, where the upload goes on."""
    parts = Part.objects.filter(file=file.pk, way=Part.Way.UP)
    if is_fresh or not file.upload_id:
        parts.delete()
    else:
        parts.filter(is_done=False).exclude(run__status__in=[*ACTIVE, Status.COMPLETED]).update(tries=0, run=None)


def again(membership: Membership, file: File) -> File:
    """What failed is tried again, from where it was. Raises NotPossible."""
    if file.remote not in {Remote.FAILED, Remote.UNCLEAR} or file.provider is None:
        raise NotPossible(_("There is nothing to try again: somebody was a moment earlier."))
    return _wanted(membership, file, file.provider, file.purpose, file.lifetime)


def fetch(membership: Membership, file: File) -> File:
    """Bring a copy of it here. Whoever asks twice gets one. Raises NotPossible."""
    if file.copy == Copy.NONE and (file.remote not in {Remote.THERE, Remote.DELETING} or not file.remote_id):
        raise NotPossible(_("It is not at the provider any more, so it cannot be fetched."))
    with transaction.atomic():
        rows = File.objects.alive().filter(pk=file.pk, copy=Copy.NONE, pieces=0)
        wish = {"copy": Copy.COMING, "received": 0, "sentence": "", "wisher": membership.user}
        if rows.update(**wish, tries=F("tries") + 1, touched_at=Now()):
            fetching.begin(file)
        publish_follow_up(PARENT, file.pk)
    return _fresh(file)


def delete_remote(membership: Membership, files: Sequence[File]) -> None:
    """These are deleted at their providers, as soon as a worker comes to it."""
    for file in files:
        with transaction.atomic():
            there = File.objects.filter(pk=file.pk, team=membership.team, remote=Remote.THERE).exclude(remote_id="")
            wish = {"remote": Remote.DELETING, "sentence": "", "repeats": 0, "wisher": membership.user}
            if there.update(**wish, tries=F("tries") + 1, touched_at=Now()):
                publish_follow_up(PARENT, file.pk)


def stop(membership: Membership, file: File) -> File:
    """It goes, or comes, no further. What is here stays, of what was coming nothing does; what had arrived is deleted there."""
    with transaction.atomic():
        stopping.ask(list(File.objects.filter(pk=file.pk, team=membership.team)))
    return _fresh(file)


def _fresh(file: File) -> File:
    found: File = File.objects.select_related("provider", "person", "team").get(pk=file.pk)
    return found
