"""Removes what a mask covers and fills the hole with pieces of what is around it (PatchMatch)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engines.errors import invalid
from engines.images.pictures import Pixels

# The longest side of the part that is worked on: more shows finer pieces and takes longer, twice the side about four times as long.
WORK_EDGE = {"low": 320, "medium": 640, "high": 1152}
PATCH = 3
LEAST_AROUND = 48
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Hole:
    """What may change. `coverage` has the size of the picture, `box` is the part of it that is looked at."""

    coverage: Pixels
    box: Box

    @property
    def is_everything(self) -> bool:
        return bool((self.coverage == 255).all())


def find_hole(coverage: Pixels, param: str) -> Hole:
    """The hole and as much around it as it is large, so that there is something to take pieces from."""
    rows, columns = np.flatnonzero(coverage.any(1)), np.flatnonzero(coverage.any(0))
    if not len(rows):
        raise invalid(f"'{param}' is nowhere transparent, so nothing may change.", param, "invalid_mask_image_format")
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    around = max(LEAST_AROUND, (bottom - top) // 2, (right - left) // 2)
    height, width = coverage.shape
    return Hole(coverage, (max(0, left - around), max(0, top - around), min(width, right + around), min(height, bottom + around)))


def clear(image: Image.Image, hole: Hole) -> Image.Image:
    """What the mask covers becomes transparent instead of being filled."""
    cut = image.convert("RGBA")
    kept = np.asarray(cut.getchannel("A")).astype(np.uint16) * (255 - hole.coverage.astype(np.uint16)) // 255
    cut.putalpha(Image.fromarray(kept.astype(np.uint8)))
    return cut


def fill(image: Image.Image, hole: Hole, others: Sequence[Image.Image], quality: str, seed: int, stages: int) -> Iterator[Image.Image]:
    """The picture filled: first `stages` times from coarse to fine, then as well as `quality` says.

    Points that the mask keeps are those of the picture. Pieces come from around the hole and from the other pictures.
    """
    full = min(WORK_EDGE[quality], max(hole.box[2] - hole.box[0], hole.box[3] - hole.box[1]))
    for stage in range(stages + 1):
        edge = max(1, full // 2 ** (stages - stage))
        part = fill_part(image.crop(hole.box), hole.coverage[hole.box[1] : hole.box[3], hole.box[0] : hole.box[2]], others, edge, seed)
        whole = image.copy()
        whole.paste(part, hole.box[:2])
        yield whole


def fill_part(part: Image.Image, coverage: Pixels, others: Sequence[Image.Image], edge: int, seed: int) -> Image.Image:
    scale = min(1.0, edge / max(part.size))
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    # A point of the small picture is a hole as soon as a part of it is.
    small_hole = np.asarray(Image.fromarray(np.where(coverage > 0, 255, 0).astype(np.uint8)).resize(size, Image.Resampling.BOX)) > 0
    small = np.asarray(part.resize(size, Image.Resampling.BOX) if scale < 1 else part)
    filled = inpaint(small, small_hole, [fit(other, size, len(others)) for other in others], seed)
    enlarged = np.asarray(Image.fromarray(filled).resize(part.size, Image.Resampling.LANCZOS)) if scale < 1 else filled
    return Image.fromarray(blend(np.asarray(part), enlarged, coverage))


def blend(before: Pixels, after: Pixels, coverage: Pixels) -> Pixels:
    """`after` where the coverage is 255, `before` (exactly) where it is 0, both where it lies between."""
    share = coverage[..., None].astype(np.uint32)
    mixed = (after.astype(np.uint32) * share + before.astype(np.uint32) * (255 - share) + 127) // 255
    return mixed.astype(np.uint8)


def fit(other: Image.Image, size: tuple[int, int], count: int) -> Pixels:
    """A further picture, small enough that all of them together are no larger than the part that is worked on."""
    small = other.convert("RGB")
    small.thumbnail((max(8, size[0] // count), size[1]))
    return np.asarray(small)


def inpaint(pixels: Pixels, hole: NDArray[np.bool_], others: Sequence[Pixels], seed: int) -> Pixels:
    """RGB or RGBA with its hole filled. What is fully transparent is no source of colours."""
    if pixels.shape[2] == 3:
        return search(pixels, hole, np.zeros_like(hole), others, seed)
    colours, alpha = pixels[..., :3], pixels[..., 3]
    unseen = (alpha == 0) & ~hole
    filled = search(colours, hole, unseen, others, seed)
    thickness = search(np.repeat(alpha[..., None], 3, 2), hole, np.zeros_like(hole), (), seed)[..., :1]
    return np.concatenate([filled, thickness], 2)


def search(colours: Pixels, hole: NDArray[np.bool_], unseen: NDArray[np.bool_], others: Sequence[Pixels], seed: int) -> Pixels:
    from patchmatch import patch_match

    height, width = hole.shape
    canvas, masked, closed = lay_out(colours, hole, unseen, others)
    if (closed | masked).all():
        return colours
    patch_match.set_random_seed(seed % 2**32)
    result: Pixels = patch_match.inpaint(
        canvas, masked.astype(np.uint8), global_mask=closed.astype(np.uint8) if closed.any() else None, patch_size=PATCH
    )
    return result[:height, :width]


def lay_out(
    colours: Pixels, hole: NDArray[np.bool_], unseen: NDArray[np.bool_], others: Sequence[Pixels]
) -> tuple[Pixels, NDArray[np.bool_], NDArray[np.bool_]]:
    """The picture with the others to its right; between them, and beside smaller ones, lies what is neither filled nor looked at."""
    if not others:
        return np.ascontiguousarray(colours), hole, unseen
    height = max(hole.shape[0], *(len(other) for other in others))
    width = hole.shape[1] + sum(other.shape[1] + 1 for other in others)
    canvas = np.zeros((height, width, 3), np.uint8)
    masked, closed = np.zeros((height, width), bool), np.ones((height, width), bool)
    canvas[: hole.shape[0], : hole.shape[1]] = colours
    masked[: hole.shape[0], : hole.shape[1]] = hole
    closed[: hole.shape[0], : hole.shape[1]] = unseen
    left = hole.shape[1] + 1
    for other in others:
        canvas[: len(other), left : left + other.shape[1]] = other
        closed[: len(other), left : left + other.shape[1]] = False
        left += other.shape[1] + 1
    return canvas, masked, closed
