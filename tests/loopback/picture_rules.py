"""What OpenAI refuses in a request for pictures, in its own words and shapes.

A field that a model does not take is refused by its name; nothing is passed over. One picture is `image`, several are `image[]`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.loopback.forms import Part
from tests.loopback.frames import error

MEGABYTE = 1024 * 1024
MOST_IMAGES, LONGEST_PROMPT, LONGEST_LEGACY_PROMPT = 16, 32_000, 1_000
LARGEST_IMAGE, LARGEST_MASK = 50 * MEGABYTE, 4 * MEGABYTE
CLASSIC = ("1024x1024", "1536x1024", "1024x1536", "auto")
SQUARES = ("256x256", "512x512", "1024x1024")
QUALITIES = ("low", "medium", "high", "auto")
READABLE = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
MODES = ("L", "LA", "P", "RGB", "RGBA")

COMMON = frozenset({"model", "prompt", "n", "size", "user"})
GPT = COMMON | {"quality", "background", "output_format", "output_compression", "stream", "partial_images", "safety_identifier"}
FIELDS = {
    ("gpt", "generations"): GPT | {"moderation"},
    ("gpt", "edits"): GPT,
    ("legacy", "generations"): COMMON | {"response_format", "quality"},
    ("legacy", "edits"): COMMON | {"response_format"},
    ("legacy", "variations"): COMMON - {"prompt"} | {"response_format"},
}
NUMBERS = {"n": (1, 10), "output_compression": (0, 100), "partial_images": (0, 3)}
CHOICES = {
    "background": ("transparent", "opaque", "auto"),
    "output_format": ("png", "jpeg", "webp"),
    "moderation": ("low", "auto"),
    "response_format": ("url", "b64_json"),
    "complexity": ("low", "medium", "high"),
    "input_fidelity": ("high", "low"),
}


@dataclass
class Refusal(Exception):
    """A request that is answered with 400 (or `status`) and OpenAI's error object."""

    message: str
    code: str | None
    param: str | None = None
    status: int = 400

    @property
    def body(self) -> bytes:
        return error(self.message, code=self.code, param=self.param)


def fields_of(family: str, act: str) -> frozenset[str]:
    """The fields that this model takes there. Raises Refusal where it takes none."""
    kind = "legacy" if family == "dall-e-2" else "gpt"
    if (kind, act) not in FIELDS:
        raise Refusal("Invalid value: the model must be 'dall-e-2'.", "invalid_value", "model")
    known = set(FIELDS[kind, act])
    if family.startswith("gpt-image-1") and act == "edits":
        known.add("input_fidelity")
    if family.startswith("gpt-image-2"):
        known.add("complexity")
    return frozenset(known)


def read_values(given: Mapping[str, Any], family: str, act: str, *, is_form: bool) -> dict[str, Any]:
    """The fields as their own types. Raises Refusal at the first that is not as documented."""
    known = fields_of(family, act)
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise Refusal(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
        if value is not None:
            values[name] = _typed(name, value, is_form)
    if "prompt" in known:
        _check_prompt(values.get("prompt"), family)
    _check_choices(values, family)
    _check_size(values.get("size"), family)
    _check_together(values)
    return values


def _typed(name: str, value: Any, is_form: bool) -> Any:
    if is_form and name in NUMBERS:
        value = int(value) if value.lstrip("-").isdigit() else value
    if is_form and name == "stream":
        value = {"true": True, "false": False}.get(value, value)
    kind: type = int if name in NUMBERS else bool if name == "stream" else str
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        wanted = {int: "an integer", bool: "a boolean", str: "a string"}[kind]
        raise Refusal(f"Invalid type for '{name}': expected {wanted}, but got {value!r} instead.", "invalid_type", name)
    if isinstance(value, int) and name in NUMBERS:
        _check_range(name, value)
    return value


def _check_range(name: str, value: int) -> None:
    least, most = NUMBERS[name]
    if value > most:
        raise Refusal(
            f"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got {value} instead.",
            "integer_above_max_value",
            name,
        )
    if value < least:
        raise Refusal(
            f"Invalid '{name}': integer below minimum value. Expected a value >= {least}, but got {value} instead.",
            "integer_below_min_value",
            name,
        )


def _check_prompt(prompt: str | None, family: str) -> None:
    longest = LONGEST_LEGACY_PROMPT if family == "dall-e-2" else LONGEST_PROMPT
    if prompt is None:
        raise Refusal("Missing required parameter: 'prompt'.", "missing_required_parameter", "prompt")
    if not prompt:
        raise Refusal("Invalid 'prompt': empty string. Expected a string with minimum length 1.", "empty_string", "prompt")
    if len(prompt) > longest:
        raise Refusal(
            f"Invalid 'prompt': string too long. Expected a string with maximum length {longest}, but got one of {len(prompt)} instead.",
            "string_above_max_length",
            "prompt",
        )


def _check_choices(values: Mapping[str, Any], family: str) -> None:
    more = ("xhigh", "max") if family.startswith(("gpt-image-2.5", "gpt-image-2.6")) else ()
    qualities = ("standard", "auto") if family == "dall-e-2" else (*QUALITIES, *more)
    fidelities = ("low",) if family.startswith("gpt-image-1-mini") else CHOICES["input_fidelity"]
    for name, choices in {**CHOICES, "quality": qualities, "input_fidelity": fidelities}.items():
        if name in values and values[name] not in choices:
            raise _no_choice(name, values[name], choices)


def _no_choice(name: str, value: Any, choices: Sequence[str]) -> Refusal:
    listed = ", ".join(f"'{choice}'" for choice in choices)
    return Refusal(f"Invalid value: '{value}'. Supported values are: {listed}.", "invalid_value", name)


def _check_size(size: str | None, family: str) -> None:
    if size is None:
        return
    if family == "dall-e-2" and size not in SQUARES:
        raise _no_choice("size", size, SQUARES)
    if family.startswith("gpt-image-2") and size not in CLASSIC:
        _check_free_size(size)
    elif family != "dall-e-2" and size not in CLASSIC:
        raise _no_choice("size", size, CLASSIC)


def _check_free_size(size: str) -> None:
    """Any width and height that are multiples of 16, not too long, not too narrow, not too small, not too large."""
    width, by, height = size.partition("x")
    sides = (int(width), int(height)) if by and width.isdigit() and height.isdigit() else (0, 0)
    short, long = sorted(sides)
    is_good = short > 0 and not (sides[0] % 16 or sides[1] % 16) and long <= 3840 and long <= 3 * short
    if not is_good or not 655_360 <= short * long <= 8_294_400:
        message = (
            f"Invalid size '{size}'. Width and height must be multiples of 16, the longer edge at most 3840 and three times the shorter."
        )
        raise Refusal(message, "invalid_value", "size")


def _check_together(values: Mapping[str, Any]) -> None:
    kind = values.get("output_format", "png")
    if values.get("background") == "transparent" and kind == "jpeg":
        raise Refusal("Transparent background is not supported for JPEG output format.", "invalid_value", "background")
    if kind == "png" and values.get("output_compression", 100) < 100:
        raise Refusal(
            "Compression less than 100 is not supported for PNG output format.", "invalid_png_output_compression", "output_compression"
        )
    if "partial_images" in values and not values.get("stream"):
        raise Refusal("The parameter 'partial_images' requires 'stream' to be true.", "invalid_value", "partial_images")


def check_pictures(images: Sequence[Part], mask: Part | None, family: str) -> None:
    """The files of an edit. Raises Refusal."""
    if not images:
        raise Refusal("Missing required parameter: 'image'.", "missing_required_parameter", "image")
    if family == "dall-e-2":
        _check_square(images)
    if len(images) > 1 and any(part.field == "image" for part in images):
        message = (
            "Duplicate parameter: 'image'. Only one is allowed. For a list of values use the array syntax instead, e.g. 'image[]=<value>'."
        )
        raise Refusal(message, "duplicate_parameter", "image")
    if len(images) > MOST_IMAGES:
        raise Refusal(
            f"Invalid 'image': array too long. Expected an array with maximum length {MOST_IMAGES}.", "array_above_max_length", "image"
        )
    for number, part in enumerate(images, 1):
        _check_picture(part, number)
    if mask is not None:
        _check_mask(mask, images[0])


def _check_picture(part: Part, number: int) -> None:
    if part.content_type not in READABLE.values():
        kinds = "'image/jpeg', 'image/png', and 'image/webp'"
        message = f"Invalid file 'image': unsupported mimetype ('{part.content_type}'). Supported file formats are {kinds}."
        raise Refusal(message, "unsupported_file_mimetype", "image")
    if part.size >= LARGEST_IMAGE:
        raise Refusal(f"Invalid file 'image': image {number} must be less than 50 MB.", "file_too_large", "image")
    seen = part.picture
    if seen is None or READABLE.get(seen.format) != part.content_type or seen.mode not in MODES:
        message = f"Invalid image file or mode for image {number}, please check your image file."
        raise Refusal(message, "invalid_image_file")


def _check_mask(mask: Part, first: Part) -> None:
    if mask.picture is None or mask.picture.format != "PNG" or mask.content_type != "image/png":
        raise Refusal("Invalid mask image format - mask image must be a PNG.", "invalid_mask_image_format", "mask")
    if mask.size >= LARGEST_MASK:
        raise Refusal("Invalid mask image - mask image must be less than 4 MB.", "mask_image_too_large", "mask")
    if not mask.picture.has_alpha:
        raise Refusal("Invalid mask image format - mask image missing alpha channel.", "invalid_mask_image_format", "mask")
    if first.picture and (mask.picture.width, mask.picture.height) != (first.picture.width, first.picture.height):
        raise Refusal("Invalid mask image size - mask size does not match image size.", "invalid_mask_image_size", "mask")


def _check_square(images: Sequence[Part]) -> None:
    """What DALL·E 2 takes: one square PNG below 4 MB."""
    seen = images[0].picture
    is_good = seen is not None and seen.format == "PNG" and images[0].content_type == "image/png" and seen.width == seen.height
    if len(images) > 1 or images[0].field != "image":
        raise Refusal("Invalid 'image': expected one file, but got an array instead.", "invalid_type", "image")
    if not is_good or images[0].size >= LARGEST_MASK:
        raise Refusal("Uploaded image must be a square PNG and less than 4 MB.", "invalid_image_format", "image")
