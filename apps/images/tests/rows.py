"""Pictures of a team as rows, with real files, and what a browser would upload."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import Membership
from apps.images.models import Mask, Picture
from apps.images.pictures.masks import percent, stored
from apps.images.pictures.tests.drawing import blob, file_of, picture
from apps.images.pictures.thumbnails import thumbnail


def keep_picture(membership: Membership, image: Image.Image | None = None, **fields: Any) -> Picture:
    """A row as an upload or a call leaves it."""
    image = image or picture((48, 32))
    body = file_of(image).getvalue()
    facts = {"kind": "uploaded", "content_type": "image/png", "size": len(body), "width": image.width, "height": image.height}
    row = Picture(team=membership.team, person=membership.user, **{**facts, **fields})
    row.thumbnail.save("", ContentFile(thumbnail(image)), save=False)
    row.file.save("", ContentFile(body), save=False)
    row.save(force_insert=True)
    return row


def keep_edit(membership: Membership, original: Picture, result: Image.Image, **fields: Any) -> Picture:
    """An edit of a picture with an ellipse painted on it."""
    coverage = blob((original.width, original.height))
    mask = Mask(team=membership.team, width=original.width, height=original.height, percent=percent(coverage), digest=str(original.pk))
    mask.file.save("", ContentFile(stored(coverage)), save=False)
    mask.save(force_insert=True)
    return keep_picture(membership, result, kind="edited", made_from=original, mask=mask, **fields)


def upload_of(image: Image.Image | None = None, name: str = "A blue bowl.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file_of(image or picture((48, 32))).getvalue(), "image/png")


def large_png() -> io.BytesIO:
    """More than Django keeps in memory while it is uploaded."""
    return file_of(Image.effect_noise((2200, 2200), 90).convert("RGB"), compress_level=1)
