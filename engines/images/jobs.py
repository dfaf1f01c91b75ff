"""The three kinds of work of the child: draw, fill, vary. A job and its answer are plain JSON; pictures are files.

    {"kind": "draw", "prompt", "width", "height", "background", …}
    {"kind": "fill", "images": [[path, name of the field], …], "mask": [path, name] or null, "prompt", …}
    {"kind": "vary", "images": [[path, name]], "width", "height", …}

All have "seed", "quality", "format", "compression", "partials", "folder" and "name"; files are written into the
folder under that name. "draw" also has "meanings": what the words mean, as the child that reads made it
(`engines.reading.worker`). Where it turns out that "fill" needs it too, the answer is {"wants": "meanings"}.

Told on the way and in the end: {"file", "width", "height", "background"}; in the end also
"tokens" (how many of the words were read) and, of what was drawn, "revised".
"""

import pathlib
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from engines.child import Tell
from engines.errors import invalid
from engines.images import filling, recolouring
from engines.images.limits import MOST_MADE_EDGE
from engines.images.pictures import encode, is_see_through, on_white, open_mask, open_picture
from engines.images.varying import vary

DETAIL = {"low": 0, "medium": 1, "high": 2}


class Worker:
    """Does jobs, one after the other."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        """Paints and fills by rules: of the weights none are needed."""

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        work = {"draw": self.draw, "fill": self.fill, "vary": self.vary}[job["kind"]]
        return work(job, tell)

    def draw(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        from engines.images.painting.canvas import Canvas
        from engines.images.painting.choosing import choose
        from engines.images.painting.meanings import Meanings
        from engines.images.painting.scenes import as_image, badge, paint

        canvas = Canvas(job["width"], job["height"], DETAIL[job["quality"]], mix_seed(job))
        theme = choose(job["prompt"], Meanings(job["meanings"]).vectors_of, canvas.chance("theme"))
        shape = badge(canvas) if job["background"] == "transparent" else None
        shown = 0
        for _ in paint(canvas, theme):
            if shown < job["partials"]:
                tell(saved(as_image(canvas, shape), job, f"{job['name']}-{shown}"))
                shown += 1
        done = saved(as_image(canvas, shape), job)
        return {**done, "tokens": job["meanings"]["tokens"], "revised": theme.describe()}

    def fill(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        image, *others = [open_picture(pathlib.Path(path), param) for path, param in job["images"]]
        hole = None
        if job["mask"] is not None:
            path, param = job["mask"]
            hole = filling.find_hole(open_mask(pathlib.Path(path), image.size, param), param)
        if hole is None or hole.is_everything:
            return self.recolour(job, image, others)
        if job["background"] == "transparent":
            return {**saved(shaped(filling.clear(image, hole), job), job), "tokens": 0}
        steps = filling.fill(image, hole, others, job["quality"], job["seed"], job["partials"])
        result = image
        for stage, result in enumerate(steps):
            if stage < job["partials"]:
                tell(saved(shaped(result, job), job, f"{job['name']}-{stage}"))
        return {**saved(shaped(result, job), job), "tokens": 0}

    def recolour(self, job: dict[str, Any], image: Image.Image, others: list[Image.Image]) -> dict[str, Any]:
        """Without a mask the whole picture may change, and all that can be changed is its colours."""
        from engines.images.painting.choosing import Alike, choose_palette
        from engines.images.painting.meanings import Meanings

        check_transparency(job, image)
        if others:
            return {**saved(shaped(recolouring.towards(image, recolouring.ramp_of(others[0])), job), job), "tokens": 0}
        if "meanings" not in job:
            return {"wants": "meanings"}
        rng = np.random.default_rng([job["seed"], 11])
        palette = choose_palette(Alike(job["prompt"], Meanings(job["meanings"]).vectors_of), "", set(), rng).turned(rng)
        done = saved(shaped(recolouring.towards(image, palette.ramp), job), job)
        return {**done, "tokens": job["meanings"]["tokens"]}

    def vary(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        ((path, param),) = job["images"]
        image = open_picture(pathlib.Path(path), param)
        check_transparency(job, image)
        size = (job["width"], job["height"]) if job["width"] is not None else within(image.size, MOST_MADE_EDGE)
        return {**saved(shaped(vary(image, size, job["seed"]), job), job), "tokens": 0}


def check_transparency(job: dict[str, Any], image: Image.Image) -> None:
    if job["background"] == "transparent" and not is_see_through(image):
        raise invalid("Nothing of this picture can become transparent without a mask.", "background", "unsupported_value")


def shaped(image: Image.Image, job: dict[str, Any]) -> Image.Image:
    """The size that was asked for: scaled, and where the shape is another, cut on both sides alike."""
    if job["background"] == "opaque":
        image = on_white(image)
    if job["width"] is None or image.size == (job["width"], job["height"]):
        return image
    return ImageOps.fit(image, (job["width"], job["height"]), Image.Resampling.LANCZOS)


def mix_seed(job: dict[str, Any]) -> int:
    """The same seed gives each prompt a picture of its own."""
    return int(job["seed"]) ^ (zlib.crc32(job["prompt"].encode()) << 21)


def within(size: tuple[int, int], edge: int) -> tuple[int, int]:
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def saved(image: Image.Image, job: dict[str, Any], name: str = "") -> dict[str, Any]:
    target = pathlib.Path(job["folder"]) / f"{name or job['name']}.{job['format']}"
    encode(image, target, job["format"], job["compression"])
    background = "transparent" if is_see_through(image) and job["format"] != "jpeg" else "opaque"
    return {"file": str(target), "width": image.width, "height": image.height, "background": background}
