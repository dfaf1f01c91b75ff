"""Pictures and masks that people bring: judged, cleaned of everything but their pixels, and kept under our names."""

import hashlib
import pathlib
from typing import IO

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from PIL import Image

from apps.accounts.models import Membership
from apps.images.models import Mask, Picture
from apps.images.pictures.cleaning import clean_copy
from apps.images.pictures.masks import percent, stored
from apps.runs.background import in_background

LONGEST_NAME = 200


def keep_upload(membership: Membership, file: IO[bytes], typed_name: str) -> Picture:
    """A picture of the gallery. Raises Unusable; then nothing of it is left."""
    copy = in_background(lambda: clean_copy(file))  # one takes up to 400 MB: they wait for each other
    with copy.file as content:
        picture = Picture(
            team=membership.team,
            person=membership.user,
            kind=Picture.Kind.UPLOADED,
            content_type=copy.content_type,
            size=copy.size_bytes,
            width=copy.width,
            height=copy.height,
            name=readable_name(typed_name),
        )
        try:
            picture.thumbnail.save("", ContentFile(copy.thumbnail), save=False)
            picture.file.save("", File(content), save=False)
            picture.save(force_insert=True)
        except BaseException:
            forget_files(picture)
            raise
    return picture


def forget_files(row: Picture | Mask) -> None:
    """What is stored for a row that does not come about, or goes."""
    for field in (row.file, getattr(row, "thumbnail", None)):
        if field:
            field.storage.delete(str(field.name))


def keep_mask(membership: Membership, coverage: Image.Image, name: str = "") -> Mask:
    """The mask as a row; the same one for the same pixels, so that a form sent twice asks the same."""
    body = stored(coverage)
    wanted = {"team": membership.team, "digest": hashlib.sha256(body).hexdigest(), "name": readable_name(name)[:80]}
    found = Mask.objects.filter(**wanted).first()
    if found is not None:
        return found
    mask = Mask(**wanted, person=membership.user, width=coverage.width, height=coverage.height, percent=percent(coverage))
    mask.file.save("", ContentFile(body), save=False)
    try:
        with transaction.atomic():
            mask.save(force_insert=True)
    except IntegrityError:  # somebody was a moment earlier
        forget_files(mask)
        return Mask.objects.get(**wanted)
    return mask


def readable_name(typed: str) -> str:
    """What a person may read again of the name of a file: no folders, no ending, no control characters."""
    plain = "".join(letter for letter in typed.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())
    stem = pathlib.PurePosixPath(plain).stem if plain.strip(". ") else ""
    return " ".join(stem.split())[:LONGEST_NAME]
