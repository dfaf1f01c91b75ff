"""Which mask an edit goes with: painted, saved, or brought as a file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from apps.accounts.access import get_visible, visible
from apps.accounts.models import Membership
from apps.images.models import Mask, Picture
from apps.images.pictures.masks import (
    MaskKind,
    coverage_of_alpha,
    coverage_of_luminance,
    coverage_of_painted,
    fit,
    is_empty,
    looks_like,
    read_stored,
)
from apps.images.pictures.unusable import Unusable

MOST_SAVED = 50


def saved_masks(membership: Membership) -> list[Mask]:
    """Those that were given a name, newest first."""
    return list(visible(membership, Mask.objects.exclude(name="")).order_by("-pk")[:MOST_SAVED])


def coverage_asked(membership: Membership, picture: Picture, data: Mapping[str, Any]) -> Image.Image | None:
    """White where the picture may change; None where nothing was painted: then all of it may. Raises Unusable."""
    size = (picture.width, picture.height)
    if data.get("mask"):
        coverage = coverage_of_painted(data["mask"].file, size)
        return None if is_empty(coverage) else coverage
    if data.get("mask_saved"):
        return coverage_of_saved(get_visible(membership, Mask.objects.all(), data["mask_saved"]), size)
    if data.get("mask_file"):
        return brought(data["mask_file"].file, size, reading="", may_fit=False)
    return None


def coverage_of_saved(mask: Mask, size: tuple[int, int]) -> Image.Image:
    """A saved mask over a picture of another size is stretched to it: the page shows it before it is used."""
    with mask.file.open("rb") as file:
        return fit(read_stored(file), size)


def brought(file: Any, size: tuple[int, int], *, reading: str, may_fit: bool) -> Image.Image:
    """The coverage of a mask file. `reading` says what may change: "transparent", "opaque", "white" or "black".

    Raises Question where only a person can say how it is meant, and Unusable where it can mean nothing.
    """
    look = looks_like(file)
    if look.kind == MaskKind.PLAIN:
        raise Unusable("plain", _("This mask is all of one colour, so nothing says where the picture may change. Paint it instead."))
    if not reading:
        if look.kind == MaskKind.BLACK_AND_WHITE:
            raise Question("colour", white=look.if_white_changes, black=look.if_black_changes)
        reading = "transparent"
    if (look.width, look.height) != size and not may_fit:
        raise Question("size", width=look.width, height=look.height, reading=reading)
    file.seek(0)
    by_alpha = reading in {"transparent", "opaque"}
    read = coverage_of_alpha(file, reading == "transparent") if by_alpha else coverage_of_luminance(file, reading == "white")
    coverage = fit(read, size)
    if is_empty(coverage):
        raise Unusable("empty", _("With this mask nothing may change. Choose the other colour, or paint it."))
    return coverage


class Question(Exception):
    """Only a person can say how a mask is meant. `about`: "colour" or "size"; `told` is what helps to decide."""

    def __init__(self, about: str, **told: Any) -> None:
        super().__init__(about)
        self.about, self.told = about, told
