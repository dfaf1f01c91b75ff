"""Any kind of pixels as 8-bit sRGB: RGB, or RGBA where something shines through."""

import io

from PIL import Image, ImageCms

# The same space, or none at all, costs nothing; a profile of this size is a table for printing.
MOST_PROFILE = 4 * 1024 * 1024  # bytes
_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
_HIGH_BYTE = [value >> 8 for value in range(65_536)]
_PROFILE_TROUBLE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def in_srgb(image: Image.Image, profile: bytes | None = None) -> Image.Image:
    """A new image in mode RGB or RGBA, by the ICC profile where there is one that fits. May change `image`."""
    is_measured = image.mode == "LAB"  # is converted by a profile of its own
    plain = _in_eight_bits(image)
    turned = None if is_measured or not profile else _by_profile(plain, profile)
    if turned is not None:
        return turned
    wanted = "RGBA" if plain.has_transparency_data else "RGB"
    return plain.copy() if plain.mode == wanted else plain.convert(wanted)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """L, LA, RGB, RGBA or CMYK."""
    _mend_transparency(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep(image)
    if image.mode in ("1", "L") or (image.mode == "RGB" and "transparency" in image.info):
        seen_through = {"1": "LA", "L": "LA", "RGB": "RGBA"}
        flat = {"1": "L"}
        wanted = seen_through[image.mode] if "transparency" in image.info else flat.get(image.mode, image.mode)
        return image if wanted == image.mode else image.convert(wanted)
    if image.mode in _SPACES:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _mend_transparency(image: Image.Image) -> None:
    """PNG names the see-through colour as the file counts, Pillow compares it with what it made of that."""
    told, depth = image.info.get("transparency"), image.info.pop("depth", None)
    if isinstance(told, int) and depth in ("L;2", "L;4"):
        image.info["transparency"] = told * {"L;2": 85, "L;4": 17}[depth]
    if isinstance(told, tuple) and depth == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in told)


def _from_deep(image: Image.Image) -> Image.Image:
    """L or LA. 16 bits lose their lower half; wider numbers are spread over what they use, since nobody says what white is."""
    seen_through = image.info.get("transparency")
    if image.mode.startswith("I;16"):
        whole = image.convert("I")
        grey = whole.point(_HIGH_BYTE, "L")
        if isinstance(seen_through, int):
            grey.putalpha(whole.point([0 if value == seen_through else 255 for value in range(65_536)], "L"))
        return grey
    low, high = (float(value) for value in _extrema(image))
    scale = 255 / (high - low) if high > low else 0.0
    return image.point(lambda value: value * scale + (-low * scale)).convert("L")


def _extrema(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple) or not abs(low) + abs(high) < float("inf"):
        raise ValueError("numbers that are no brightness")
    return low, high


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The image as its profile means it, or nothing where the profile is sRGB already, is of another space, or is broken."""
    if len(profile) > MOST_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[image.mode] or _is_srgb(source):
            return None
        return _transformed(image, source)
    except _PROFILE_TROUBLE:
        return None


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return ImageCms.getProfileDescription(profile).strip().lower().startswith("srgb")


def _transformed(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    kind = {"LA": "L"}.get(image.mode, image.mode)
    target = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), kind, target)
    if kind == target:
        new = image.copy()
        transform.apply_in_place(new)
        return new
    new = transform.apply(image.getchannel("L") if image.mode == "LA" else image)
    if image.mode == "LA":
        new.putalpha(image.getchannel("A"))
    return new
