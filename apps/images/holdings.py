"""Pictures and masks, as `apps.core.holdings` asks for them.

A picture is content that people look at, as a chat is: it stays until somebody deletes it or it is too old, also in a team
that keeps numbers only. With it go its files, the file of the call that brought it, and the words of the calls that began
with it. Files go from the storage before their rows do, so that a kill in between leaves a row that is taken again.
"""

import datetime
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.bin import BIN_DAYS
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import content_of
from apps.images.models import Mask, Picture, PictureQuerySet
from apps.images.operations import OURS, PARENT, EditPicture, VaryPicture
from apps.runs.erasure import FILE_SECONDS, release, remove_files, remove_stored
from apps.runs.holdings import place_of, stop_all
from apps.runs.models import ACTIVE, Run, RunFile
from apps.runs.transitions import RunQuerySet

PICTURES: Final = _("Pictures")
MASKS: Final = _("Masks")
UNUSED_DAYS: Final = 1  # how long a mask without a name and a picture is kept: its call may go on, or be repeated
BEGIN_WITH_ONE: Final = (EditPicture.name, VaryPicture.name)
OF_PICTURE: Final = (
    "kind", "name", "description", "revised", "settings", "model", "model_label", "content_type", "size", "width", "height",
    "is_exact", "is_unfinished", "created_at", "deleted_at",
)  # fmt: skip
OF_MASK: Final = ("name", "width", "height", "percent", "created_at")
READS: Final = Q(run=None) | Q(run__parent_kind__in=("", PARENT))  # those of a chat that is still there are read in it


class ImagesHolding(Holding):
    name = "images"
    position = 10  # pictures point to runs; calls of chats bring them too
    content = (Picture, Mask)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        pictures, masks = Picture.objects.filter(team=team_id), Mask.objects.filter(team=team_id)
        if since is not None:
            pictures, masks = pictures.exclude(_made_before(since)), masks.filter(pk__gte=first_id_at(since))
        return [(PICTURES, pictures.count()), (MASKS, masks.count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        pictures = _old_pictures(team_id, before)
        used = Picture.objects.filter(mask=OuterRef("pk")).exclude(pk__in=pictures.values("pk"))
        masks = Mask.objects.filter(team=team_id, pk__lt=first_id_at(before)).exclude(Exists(used))
        return [(PICTURES, pictures.count()), (MASKS, masks.count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        """A picture that somebody went on with since then stays, and so does a mask that such a one was made with."""
        old_masks = Mask.objects.filter(team=team_id, pk__lt=first_id_at(before))
        return remove_pictures(_old_pictures(team_id, before), limit) or remove_masks(_unused(old_masks), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        made = Picture.objects.filter(_made_before(before), team=team_id)
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=made.values("pk")), limit)
        return remove_pictures(made, limit) or remove_masks(Mask.objects.filter(team=team_id, pk__lt=first_id_at(before)), limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        stop_all(Run.objects.filter(team=team_id), limit)
        pictures, masks = Picture.objects.filter(team=team_id), Mask.objects.filter(team=team_id)
        return remove_pictures(pictures, limit) or remove_masks(masks, limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        """Of a deleted team also the calls that are under way: they may bring pictures yet, and their rows go after those."""
        pictures, masks = Picture.objects.filter(team=team_id), Mask.objects.filter(team=team_id)
        if before is not None:
            return pictures.filter(_made_before(before)).count() + masks.filter(pk__lt=first_id_at(before)).count()
        return pictures.count() + masks.count() + Run.objects.filter(team=team_id, status__in=ACTIVE).count()

    def tidy(self, limit: int) -> int:
        """Deleted pictures can be brought back for a while; a mask without a name is kept for what was made with it."""
        now = timezone.now()
        due = Picture.objects.filter(deleted_at__lt=now - datetime.timedelta(days=BIN_DAYS))
        unnamed = Mask.objects.filter(name="", pk__lt=first_id_at(now - datetime.timedelta(days=UNUSED_DAYS)))
        return remove_pictures(due, limit) or remove_masks(_unused(unnamed), limit)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        """The files of calls are told by their place: `RunsHolding` brings them."""
        pictures = Picture.objects.filter(team=team_id).select_related("person", "output")
        masks = Mask.objects.filter(team=team_id).select_related("person")
        if since is not None:
            pictures, masks = pictures.exclude(_made_before(since)), masks.filter(pk__gte=first_id_at(since))
        yield Part("pictures.jsonl", as_lines(picture_as_told(picture) for picture in in_order(pictures)))
        yield Part("masks.jsonl", as_lines(mask_as_told(mask) for mask in in_order(masks)))
        for picture in in_order(pictures.filter(output=None)):
            yield Part(place_of_picture(picture), content_of(picture.file))
        for mask in in_order(masks):
            yield Part(place_of_mask(mask), content_of(mask.file))


# --- Removing ----------------------------------------------------------------------------------
def remove_pictures(pictures: PictureQuerySet, limit: int) -> int:
    """Remove the first of these pictures, at most `limit` rows. How many rows it were.

    A picture with which a call is under way waits for its end.
    """
    found = list(_resting(pictures).order_by("pk").only("file", "thumbnail", "output", "team")[:limit])
    if not found:
        return 0
    calls = dict(_calls_of(found).order_by("pk").values_list("pk", "parent_id")[: limit + 1])
    if len(calls) > limit:  # so many were made from one: their words go first, in more than one transaction
        return _release(list(calls)[:limit])
    ready = set(remove_files(list(calls)))
    waiting = {parent for pk, parent in calls.items() if pk not in ready}
    gone = _without_files([picture for picture in found if picture.pk not in waiting])
    if not gone:
        return 0
    with transaction.atomic():
        release([pk for pk, parent in calls.items() if parent in gone])
        Picture.objects.filter(pk__in=gone).delete()
        RunFile.objects.filter(pk__in=[pk for pk in gone.values() if pk is not None]).delete()
    return len(gone)


def _release(run_ids: Sequence[uuid.UUID]) -> int:
    ready = remove_files(run_ids)
    with transaction.atomic():
        release(ready)
    return len(ready)


def _without_files(pictures: Sequence[Picture]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Those of which nothing is stored any more, with the row of the file that each of them has from its call."""
    gone: dict[uuid.UUID, uuid.UUID | None] = {}
    for picture in _while_there_is_time(pictures):
        remove_stored(picture.thumbnail)
        remove_stored(picture.file)
        gone[picture.pk] = picture.output_id
    return gone


def remove_masks(masks: "QuerySet[Mask]", limit: int) -> int:
    """The same of masks."""
    gone = []
    for mask in _while_there_is_time(list(masks.order_by("pk").only("file", "team")[:limit])):
        remove_stored(mask.file)
        gone.append(mask.pk)
    if gone:
        with transaction.atomic():
            Mask.objects.filter(pk__in=gone).delete()
    return len(gone)


def _while_there_is_time(rows: Sequence[Any]) -> Iterator[Any]:
    """At least one, and no more than a store that may be slow can take quickly: the rest waits for the next round."""
    until = time.monotonic() + FILE_SECONDS
    for row in rows:
        yield row
        if time.monotonic() > until:
            return


# --- Which -------------------------------------------------------------------------------------
def _made_before(moment: datetime.datetime) -> Q:
    """Also a picture that came later, of a call that was made before."""
    first = first_id_at(moment)
    return Q(pk__lt=first) | Q(run__isnull=False, run__lt=first)


def _old_pictures(team_id: TeamId, before: datetime.datetime) -> PictureQuerySet:
    """Made before, and nobody went on with them since; of chats only those whose chat has gone."""
    first = first_id_at(before)
    used_since = Run.objects.filter(team=team_id, operation__in=BEGIN_WITH_ONE, parent_kind=PARENT, pk__gte=first)
    old = Picture.objects.filter(READS, team=team_id, pk__lt=first)
    return old.exclude(pk__in=used_since.filter(parent_id__isnull=False).values("parent_id"))


def _resting(pictures: PictureQuerySet) -> PictureQuerySet:
    under_way = Run.objects.filter(status__in=ACTIVE, parent_kind=PARENT, parent_id__isnull=False)
    return pictures.exclude(pk__in=under_way.values("parent_id"))


def _calls_of(pictures: Sequence[Picture]) -> RunQuerySet:
    """The calls that began with one of these pictures: they are shown on its page."""
    teams, ids = {picture.team_id for picture in pictures}, [picture.pk for picture in pictures]
    return Run.objects.filter(team__in=teams, operation__in=BEGIN_WITH_ONE, parent_kind=PARENT, parent_id__in=ids)


def _unused(masks: "QuerySet[Mask]") -> "QuerySet[Mask]":
    """Those that no picture was made with, and none is being made with."""
    under_way = Run.objects.filter(status__in=ACTIVE, operation=EditPicture.name).values_list("params", flat=True)
    in_use = [ours["mask"] for params in under_way if (ours := params.get(OURS) or {}).get("mask")]
    return masks.exclude(Exists(Picture.objects.filter(mask=OuterRef("pk")))).exclude(pk__in=in_use)


# --- Telling -----------------------------------------------------------------------------------
def picture_as_told(picture: Picture) -> dict[str, Any]:
    told: dict[str, Any] = {"id": picture.pk, "person": picture.person.email if picture.person else None}
    told |= {name: getattr(picture, name) for name in OF_PICTURE}
    told |= {"run": picture.run_id, "made_from": picture.made_from_id, "mask": picture.mask_id}
    return told | {"path": place_of_picture(picture)}


def mask_as_told(mask: Mask) -> dict[str, Any]:
    told: dict[str, Any] = {"id": mask.pk, "person": mask.person.email if mask.person else None}
    return told | {name: getattr(mask, name) for name in OF_MASK} | {"path": place_of_mask(mask)}


def place_of_picture(picture: Picture) -> str:
    """Where its file stands in an export: that of a call is one of the files of the call."""
    return place_of(picture.output) if picture.output else f"pictures/{picture.pk}.{picture.ending}"


def place_of_mask(mask: Mask) -> str:
    return f"masks/{mask.pk}.png"
