"""The loopback provider refuses a request for pictures that is not as OpenAI documents it, and names what is wrong."""

import io
import json
from typing import Any

import httpx
import pytest

from tests.loopback import Loopback
from tests.loopback.asking_pictures import FilePart, edit, file_of, make, mask_of, refusal, send_form, source, vary
from tests.loopback.picture_models import ANY_SIZE, LEGACY, PLAIN
from tests.loopback.pictures import encode, padded

BOX = (10, 10, 60, 60)
SQUARE = source((64, 64))


@pytest.mark.parametrize(
    ("settings", "code", "param"),
    [
        ({"seed": 1}, "unknown_parameter", "seed"),
        ({"response_format": "b64_json"}, "unknown_parameter", "response_format"),
        ({"style": "vivid"}, "unknown_parameter", "style"),
        ({"images": []}, "unknown_parameter", "images"),
        ({"complexity": "high"}, "unknown_parameter", "complexity"),
        ({"prompt": None}, "missing_required_parameter", "prompt"),
        ({"prompt": ""}, "empty_string", "prompt"),
        ({"prompt": 5}, "invalid_type", "prompt"),
        ({"prompt": "x" * 32_001}, "string_above_max_length", "prompt"),
        ({"n": 0}, "integer_below_min_value", "n"),
        ({"n": 11}, "integer_above_max_value", "n"),
        ({"n": "2"}, "invalid_type", "n"),
        ({"n": True}, "invalid_type", "n"),
        ({"stream": "true"}, "invalid_type", "stream"),
        ({"size": "512x512"}, "invalid_value", "size"),
        ({"size": "1024"}, "invalid_value", "size"),
        ({"quality": "hd"}, "invalid_value", "quality"),
        ({"quality": "max"}, "invalid_value", "quality"),
        ({"background": "white"}, "invalid_value", "background"),
        ({"background": "transparent", "output_format": "jpeg"}, "invalid_value", "background"),
        ({"output_format": "gif"}, "invalid_value", "output_format"),
        ({"output_format": "webp", "output_compression": 101}, "integer_above_max_value", "output_compression"),
        ({"output_compression": 50}, "invalid_png_output_compression", "output_compression"),
        ({"moderation": "none"}, "invalid_value", "moderation"),
        ({"partial_images": 4, "stream": True}, "integer_above_max_value", "partial_images"),
        ({"partial_images": 1}, "invalid_value", "partial_images"),
    ],
)
def test_it_refuses_a_setting_and_names_it(loopback: Loopback, settings: dict[str, Any], code: str, param: str) -> None:
    assert refusal(
        make(loopback, PLAIN, settings.get("prompt", "a pier"), **{name: settings[name] for name in settings if name != "prompt"})
    ) == (400, code, param)


def test_it_takes_every_setting_that_is_documented(loopback: Loopback) -> None:
    settings: dict[str, Any] = {
        "n": 1,
        "size": "auto",
        "quality": "low",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 60,
    }
    settings |= {"moderation": "low", "stream": True, "partial_images": 0, "user": "u", "safety_identifier": "s"}
    assert make(loopback, PLAIN, **settings).status_code == 200
    assert make(loopback, PLAIN, "x" * 32_000, n=None, size=None).status_code == 200
    assert make(loopback, ANY_SIZE, complexity="low").status_code == 200
    assert make(loopback, "gpt-image-2.6-plain", quality="max").status_code == 200


@pytest.mark.parametrize(
    "size", ["1000x1000", "4096x1024", "3840x1024", "512x512", "3840x2400", "1024", "axb", "0x0", "-16x16", "2048x640"]
)
def test_it_refuses_sizes_that_the_second_family_does_not_make(loopback: Loopback, size: str) -> None:
    assert refusal(make(loopback, ANY_SIZE, size=size)) == (400, "invalid_value", "size")


@pytest.mark.parametrize("size", ["1024x1024", "3840x2160", "1440x480", "816x816", "auto"])
def test_it_takes_sizes_that_the_second_family_makes(loopback: Loopback, size: str) -> None:
    assert make(loopback, ANY_SIZE, size=size, quality="low").status_code == 200


@pytest.mark.parametrize("model", ["gpt-image-imaginary", "steady", "dall-e-3", "gpt-image-2.6-sunburst"])
def test_it_knows_no_other_model(loopback: Loopback, model: str) -> None:
    assert refusal(make(loopback, model)) == (404, "model_not_found", "model")


def test_it_wants_a_model(loopback: Loopback) -> None:
    answer = httpx.post(f"{loopback.url}/images/generations", json={"prompt": "a pier"}, trust_env=False)
    assert refusal(answer) == (400, "missing_required_parameter", "model")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", json.dumps("x").encode()])
def test_it_refuses_what_is_no_request(loopback: Loopback, body: bytes) -> None:
    assert httpx.post(f"{loopback.url}/images/generations", content=body, trust_env=False).status_code == 400


@pytest.mark.parametrize("act", ["edits", "variations"])
@pytest.mark.parametrize("content", [b"", b"{}", b"--x\r\n\r\n--x--", b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1'])
def test_it_refuses_what_is_no_form(loopback: Loopback, act: str, content: bytes) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x"):
        answer = httpx.post(f"{loopback.url}/images/{act}", content=content, headers={"content-type": kind}, trust_env=False)
        assert refusal(answer) == (400, "invalid_form", None)


@pytest.mark.parametrize(
    ("settings", "code", "param"),
    [
        ({"moderation": "low"}, "unknown_parameter", "moderation"),
        ({"response_format": "b64_json"}, "unknown_parameter", "response_format"),
        ({"input_fidelity": "high"}, "unknown_parameter", "input_fidelity"),
        ({"n": "eleven"}, "invalid_type", "n"),
        ({"n": "11"}, "integer_above_max_value", "n"),
        ({"n": "2.0"}, "invalid_type", "n"),
        ({"stream": "yes"}, "invalid_type", "stream"),
        ({"size": "640x480"}, "invalid_value", "size"),
        ({"image": "not a file"}, "unknown_parameter", "image"),
    ],
)
def test_it_refuses_a_field_of_an_edit_and_names_it(loopback: Loopback, settings: dict[str, str], code: str, param: str) -> None:
    assert refusal(edit(loopback, PLAIN, [file_of(source())], **settings)) == (400, code, param)


def test_it_takes_fidelity_where_the_family_has_it(loopback: Loopback) -> None:
    assert edit(loopback, "gpt-image-1.5-plain", [file_of(source())], input_fidelity="high").status_code == 200
    assert refusal(edit(loopback, "gpt-image-1-mini-plain", [file_of(source())], input_fidelity="high"))[2] == "input_fidelity"
    assert refusal(edit(loopback, ANY_SIZE, [file_of(source())], input_fidelity="low"))[2] == "input_fidelity"


def altered(part: FilePart, **changes: Any) -> FilePart:
    """The part with another field, name, body or type."""
    field, (name, body, kind) = part
    return changes.get("field", field), (changes.get("name", name), changes.get("body", body), changes.get("kind", kind))


def in_print_colours() -> bytes:
    target = io.BytesIO()
    source().convert("CMYK").save(target, "jpeg")
    return target.getvalue()


GOOD = file_of(source())
BAD_IMAGES: dict[str, tuple[list[FilePart], str, str | None]] = {
    "none": ([], "missing_required_parameter", "image"),
    "twice the single name": ([GOOD, GOOD], "duplicate_parameter", "image"),
    "both names": ([GOOD, altered(GOOD, field="image[]")], "duplicate_parameter", "image"),
    "seventeen": ([altered(GOOD, field="image[]")] * 17, "array_above_max_length", "image"),
    "another field": ([GOOD, altered(GOOD, field="photo")], "unknown_parameter", "photo"),
    "a type that is none": ([altered(GOOD, kind="application/octet-stream")], "unsupported_file_mimetype", "image"),
    "gif": ([altered(GOOD, kind="image/gif")], "unsupported_file_mimetype", "image"),
    "called something else": ([altered(GOOD, kind="image/jpeg")], "invalid_image_file", None),
    "a text": ([altered(GOOD, body=b"no picture")], "invalid_image_file", None),
    "empty": ([altered(GOOD, body=b"")], "invalid_image_file", None),
    "print colours": ([altered(GOOD, body=in_print_colours(), kind="image/jpeg")], "invalid_image_file", None),
    "too large": ([altered(GOOD, body=padded(GOOD[1][1], 50 * 1024 * 1024, 1))], "file_too_large", "image"),
}


@pytest.mark.parametrize("case", BAD_IMAGES)
def test_it_refuses_pictures_that_cannot_be_edited(loopback: Loopback, case: str) -> None:
    files, code, param = BAD_IMAGES[case]
    assert refusal(edit(loopback, PLAIN, files)) == (400, code, param)


def test_it_refuses_modes_that_it_cannot_read(loopback: Loopback) -> None:
    deep = file_of(source().convert("I;16"))
    assert refusal(edit(loopback, PLAIN, [deep])) == (400, "invalid_image_file", None)
    for mode in ("L", "LA", "P", "RGB", "RGBA"):
        assert edit(loopback, PLAIN, [file_of(source(mode=mode))]).status_code == 200


def test_it_takes_sixteen_pictures_of_three_kinds(loopback: Loopback) -> None:
    files = [file_of(source((40, 30)), "image[]", ("png", "jpeg", "webp")[number % 3]) for number in range(16)]
    assert edit(loopback, PLAIN, files).status_code == 200


MASK = mask_of((256, 160), BOX)
BAD_MASKS: dict[str, tuple[FilePart, str]] = {
    "no alpha": (mask_of((256, 160), BOX, "RGB"), "invalid_mask_image_format"),
    "grey": (mask_of((256, 160), BOX, "L"), "invalid_mask_image_format"),
    "palette": (mask_of((256, 160), BOX, "P"), "invalid_mask_image_format"),
    "other size": (mask_of((160, 256), BOX), "invalid_mask_image_size"),
    "webp": (file_of(source(mode="RGBA"), "mask", "webp"), "invalid_mask_image_format"),
    "called something else": (altered(MASK, kind="image/webp"), "invalid_mask_image_format"),
    "a text": (altered(MASK, body=b"no picture"), "invalid_mask_image_format"),
    "too large": (altered(MASK, body=padded(MASK[1][1], 4 * 1024 * 1024, 1)), "mask_image_too_large"),
}


@pytest.mark.parametrize("case", BAD_MASKS)
def test_it_refuses_a_mask_that_is_none(loopback: Loopback, case: str) -> None:
    mask, code = BAD_MASKS[case]
    assert refusal(edit(loopback, PLAIN, [GOOD, mask])) == (400, code, "mask")


def test_it_refuses_two_masks_and_a_mask_for_a_later_picture(loopback: Loopback) -> None:
    assert refusal(edit(loopback, PLAIN, [GOOD, MASK, MASK])) == (400, "duplicate_parameter", "mask")
    first, second = file_of(source((40, 40)), "image[]"), altered(GOOD, field="image[]")
    assert refusal(edit(loopback, PLAIN, [first, second, MASK])) == (400, "invalid_mask_image_size", "mask")
    assert edit(loopback, PLAIN, [second, first, MASK]).status_code == 200


def test_it_takes_a_mask_just_below_its_limit(loopback: Loopback) -> None:
    large = altered(MASK, body=padded(MASK[1][1], 4 * 1024 * 1024 - 13, 1))
    assert len(large[1][1]) == 4 * 1024 * 1024 - 1
    assert edit(loopback, PLAIN, [GOOD, large]).status_code == 200
    assert edit(loopback, PLAIN, [GOOD, mask_of((256, 160), BOX, "LA")]).status_code == 200


@pytest.mark.parametrize(
    ("files", "settings", "param"),
    [
        ([file_of(SQUARE)], {"prompt": "a pier"}, "prompt"),
        ([file_of(SQUARE)], {"size": "1536x1024"}, "size"),
        ([file_of(SQUARE)], {"quality": "low"}, "quality"),
        ([file_of(SQUARE)], {"n": "0"}, "n"),
        ([], {}, "image"),
        ([GOOD], {}, "image"),
        ([file_of(SQUARE, kind="jpeg")], {}, "image"),
        ([altered(file_of(SQUARE), body=padded(encode(SQUARE), 4 * 1024 * 1024, 1))], {}, "image"),
        ([file_of(SQUARE, "image[]")], {}, "image"),
        ([file_of(SQUARE), file_of(SQUARE)], {}, "image"),
        ([file_of(SQUARE), mask_of((64, 64), (0, 0, 9, 9))], {}, "mask"),
    ],
)
def test_it_varies_by_the_old_rules_only(loopback: Loopback, files: list[FilePart], settings: dict[str, str], param: str) -> None:
    status, _, named = refusal(vary(loopback, LEGACY, files, **settings))
    assert (status, named) == (400, param)


def test_it_varies_with_the_old_model_only(loopback: Loopback) -> None:
    assert refusal(vary(loopback, PLAIN, [file_of(SQUARE)])) == (400, "invalid_value", "model")


def test_it_keeps_the_old_rules_of_making_and_editing(loopback: Loopback) -> None:
    assert refusal(make(loopback, LEGACY, "x" * 1001))[1] == "string_above_max_length"
    assert refusal(make(loopback, LEGACY, size="auto"))[2] == "size"
    assert refusal(make(loopback, LEGACY, background="opaque"))[2] == "background"
    assert refusal(make(loopback, LEGACY, stream=True))[2] == "stream"
    assert refusal(edit(loopback, LEGACY, [GOOD]))[1] == "invalid_image_format"
    assert refusal(edit(loopback, LEGACY, [file_of(SQUARE, "image[]")]))[2] == "image"


def test_it_refuses_a_field_that_comes_twice(loopback: Loopback) -> None:
    answer = httpx.post(
        f"{loopback.url}/images/edits",
        files=[("model", (None, PLAIN.encode())), ("prompt", (None, b"a")), ("prompt", (None, b"b")), GOOD],
        trust_env=False,
    )
    assert refusal(answer) == (400, "duplicate_parameter", "prompt")


def test_it_has_no_variations_where_it_was_told_so() -> None:
    with Loopback(without=("/images/variations",)) as plain:
        assert refusal(vary(plain, LEGACY, [file_of(SQUARE)])) == (404, "unknown_url", None)
        assert edit(plain, PLAIN, [GOOD]).status_code == 200


def test_it_refuses_what_a_check_up_sends_before_it_does_any_work(loopback: Loopback) -> None:
    """Empty objects and forms without a file: 400 says that the endpoint is there."""
    assert httpx.post(f"{loopback.url}/images/generations", json={}, trust_env=False).status_code == 400
    for act in ("edits", "variations"):
        assert send_form(loopback, act, {"n": "1"}, []).status_code == 400
