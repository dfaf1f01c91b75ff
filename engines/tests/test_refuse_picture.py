"""Calls for pictures that cannot be answered, and how the provider says so. None of them may end as a 500."""

import io
import struct
import zlib
from typing import Any

import pytest
from openai import BadRequestError, NotFoundError, OpenAI
from PIL import Image

from engines.tests.conftest import EDITOR, ILLUSTRATOR, MODEL, Provider
from engines.tests.pictures import data_url, mask, packed, photo

pytestmark = pytest.mark.engines
GOOD = {"model": ILLUSTRATOR, "prompt": "A lake", "size": "256x256", "quality": "low"}
BEFORE = photo()
IMAGE, MASK = packed(BEFORE), packed(mask(BEFORE.size, (50, 30, 100, 80)))
URL = {"image_url": data_url(BEFORE)}

DRAWING = [
    ({"prompt": None}, "prompt", "missing_required_parameter"),
    ({"prompt": ""}, "prompt", "empty_string"),
    ({"prompt": 5}, "prompt", "invalid_type"),
    ({"prompt": "a" * 32_001}, "prompt", "string_above_max_length"),
    ({"model": 7}, "model", "invalid_type"),
    ({"model": MODEL}, "model", "invalid_value"),
    ({"model": EDITOR}, "model", "invalid_value"),
    ({"n": 0}, "n", "integer_below_min_value"),
    ({"n": 11}, "n", "integer_above_max_value"),
    ({"n": "two"}, "n", "invalid_type"),
    ({"size": "large"}, "size", "invalid_value"),
    ({"size": "1000x1000"}, "size", "invalid_value"),
    ({"size": "2064x1024"}, "size", "invalid_value"),
    ({"size": "2048x256"}, "size", "invalid_value"),
    ({"size": "128x128"}, "size", "invalid_value"),
    ({"size": "0x0"}, "size", "invalid_value"),
    ({"size": "٢٥٦x٢٥٦"}, "size", "invalid_value"),
    ({"size": 256}, "size", "invalid_type"),
    ({"quality": "hd"}, "quality", "invalid_value"),
    ({"background": "blue"}, "background", "invalid_value"),
    ({"background": "transparent", "output_format": "jpeg"}, "background", "invalid_value"),
    ({"output_format": "gif"}, "output_format", "invalid_value"),
    ({"output_compression": 101, "output_format": "webp"}, "output_compression", "integer_above_max_value"),
    ({"output_compression": 50}, "output_compression", "invalid_value"),
    ({"partial_images": 4, "stream": True}, "partial_images", "integer_above_max_value"),
    ({"partial_images": 2}, "partial_images", "invalid_value"),
    ({"stream": "yes"}, "stream", "invalid_type"),
    ({"response_format": "url"}, "response_format", "unsupported_value"),
    ({"response_format": "xml"}, "response_format", "invalid_value"),
    ({"seed": -1}, "seed", "integer_below_min_value"),
    ({"style": "vivid"}, "style", "unsupported_parameter"),
    ({"frame_count": 3}, "frame_count", "unsupported_parameter"),
    ({"image": "x"}, "image", "unknown_parameter"),
    ({"creativity": 3}, "creativity", "unknown_parameter"),
]


def check(answer: Any, param: str | None, code: str, status: int = 400) -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (status, param, code, "invalid_request_error")
    assert error["message"]
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(("change", "param", "code"), DRAWING, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(DRAWING)])
def test_it_names_the_field_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    check(provider.call("POST", "/v1/images/generations", json={**GOOD, **change}), param, code)


def test_it_takes_the_request_that_all_of_these_spoil(provider: Provider) -> None:
    harmless = {"user": "somebody", "moderation": "low", "safety_identifier": "x", "style": None, "response_format": "b64_json"}
    assert provider.call("POST", "/v1/images/generations", json={**GOOD, **harmless}).status_code == 200


def test_it_refuses_an_empty_call_to_each(provider: Provider) -> None:
    """As the check-up of providers asks: it costs nothing and tells that this part of the API is there."""
    check(provider.call("POST", "/v1/images/generations", json={}), "prompt", "missing_required_parameter")
    nothing = {"n": (None, "1")}
    check(provider.call("POST", "/v1/images/edits", files=nothing), "image", "missing_required_parameter")
    check(provider.call("POST", "/v1/images/variations", files=nothing), "image", "missing_required_parameter")


def test_it_does_not_know_other_models(client: OpenAI) -> None:
    with pytest.raises(NotFoundError) as refused:
        client.images.generate(model="gpt-image-9", prompt="x")
    assert refused.value.code == "model_not_found"
    with pytest.raises(BadRequestError) as wrong:
        client.images.edit(model=ILLUSTRATOR, prompt="x", image=("a.png", IMAGE))
    assert EDITOR in str(wrong.value)
    with pytest.raises(BadRequestError) as wrong:
        client.chat.completions.create(model=EDITOR, messages=[{"role": "user", "content": "x"}])
    assert (wrong.value.param, wrong.value.code) == ("model", "invalid_value")


def frames(count: int = 1, width: int = 64, height: int = 64) -> bytes:
    target = io.BytesIO()
    first, *rest = (photo(width, height, seed=seed) for seed in range(count))
    first.save(target, "PNG", save_all=True, append_images=rest)
    return target.getvalue()


def claimed(width: int, height: int) -> bytes:
    """A tiny file that says it is a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00" * 1000)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


NO_PICTURES = {
    "text": b"hello",
    "truncated": IMAGE[: len(IMAGE) // 2],
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "gif": packed(BEFORE.convert("P"), "GIF"),
    "tiff": packed(BEFORE, "TIFF"),
    "pdf": b"%PDF-1.7\n",
    "nothing but a head": IMAGE[:8],
    "cut in its head": IMAGE[:20],
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_it_refuses_what_is_no_picture(provider: Provider, content: bytes) -> None:
    for path in ("edits", "variations"):
        data = {"prompt": "x"} if path == "edits" else {}
        answer = provider.call("POST", f"/v1/images/{path}", data=data, files={"image": ("a.png", content)})
        check(answer, "image", "invalid_image_file")
    files = {"image": ("a.png", IMAGE), "mask": ("m.png", content)}
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), "mask", "invalid_image_file")


@pytest.mark.parametrize("content", [claimed(60_000, 60_000), claimed(4097, 16), claimed(2**31 - 1, 2**31 - 1)])
def test_it_refuses_too_many_points_before_it_looks_at_them(provider: Provider, content: bytes) -> None:
    answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files={"image": ("a.png", content)})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"image_too_large", "invalid_image_file"}


def test_it_looks_at_the_first_frame_only(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/images/variations", files={"image": ("a.png", frames(5))})
    assert answer.status_code == 200


WRONG_MASKS = {
    "other size": (packed(mask((161, 120), (0, 0, 9, 9))), "invalid_mask_image_format"),
    "no alpha": (packed(Image.new("RGB", BEFORE.size)), "invalid_mask_image_format"),
    "grey": (packed(Image.new("L", BEFORE.size)), "invalid_mask_image_format"),
    "opaque": (packed(Image.new("RGBA", BEFORE.size, (0, 0, 0, 255))), "invalid_mask_image_format"),
    "a jpeg": (packed(BEFORE, "JPEG"), "invalid_image_file"),
    "a webp": (packed(mask(BEFORE.size, (0, 0, 9, 9)), "WEBP"), "invalid_image_file"),
    "empty": (b"", "invalid_image_file"),
}


@pytest.mark.parametrize(("content", "code"), WRONG_MASKS.values(), ids=WRONG_MASKS)
def test_it_refuses_masks_that_do_not_fit(provider: Provider, content: bytes, code: str) -> None:
    files = {"image": ("a.png", IMAGE), "mask": ("m.png", content)}
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), "mask", code)


def test_it_names_the_picture_at_fault(provider: Provider) -> None:
    files = [("image[]", ("a.png", IMAGE)), ("image[]", ("b.png", b"no picture")), ("mask", ("m.png", MASK))]
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), "image[1]", "invalid_image_file")


def test_it_refuses_too_many_pictures(provider: Provider) -> None:
    files = [("image[]", (f"{each}.png", IMAGE)) for each in range(17)]
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), "image", "array_above_max_length")
    check(provider.call("POST", "/v1/images/variations", files=[("image", ("a.png", IMAGE))] * 2), "image", "array_above_max_length")
    two_masks = [("image", ("a.png", IMAGE)), ("mask", ("m.png", MASK)), ("mask", ("m.png", MASK))]
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=two_masks), "mask", "array_above_max_length")


def test_it_refuses_files_that_are_too_large(provider: Provider) -> None:
    large = IMAGE + b"\0" * (50 * 1024 * 1024)
    answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files={"image": ("a.png", large)})
    check(answer, "image", "request_too_large", 413)
    files = {"image": ("a.png", IMAGE), "mask": ("m.png", MASK + b"\0" * (4 * 1024 * 1024))}
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), "mask", "request_too_large", 413)


def test_it_refuses_a_form_that_is_too_large(provider: Provider) -> None:
    files = [("image[]", (f"{each}.png", b"\0" * (45 * 1024 * 1024))) for each in range(6)]
    check(provider.call("POST", "/v1/images/edits", data={"prompt": "x"}, files=files), None, "request_too_large", 413)


WRONG_FORMS = [
    ({"image": "a text"}, {}, "image", "invalid_type"),
    ({}, {"markup": IMAGE}, "markup", "unknown_parameter"),
    ({"n": "many"}, {}, "n", "invalid_type"),
    ({"n": "11"}, {}, "n", "integer_above_max_value"),
    ({"stream": "maybe"}, {}, "stream", "invalid_type"),
    ({"size": "9x9"}, {}, "size", "invalid_value"),
    ({"response_format": "url"}, {}, "response_format", "unsupported_value"),
    ({"creativity": "3"}, {}, "creativity", "unknown_parameter"),
    ({"prompt": ""}, {}, "prompt", "missing_required_parameter"),
    ({"prompt": "a" * 32_001}, {}, "prompt", "string_above_max_length"),
    ({"background": "transparent"}, {}, "background", "unsupported_value"),
]


@pytest.mark.parametrize(("fields", "files", "param", "code"), WRONG_FORMS)
def test_it_reads_forms_as_strictly_as_json(provider: Provider, fields: dict, files: dict, param: str, code: str) -> None:
    sent = {"image": ("a.png", IMAGE), **{name: (f"{name}.png", content) for name, content in files.items()}}
    if "image" in fields:
        del sent["image"]
        sent["other"] = (None, "x")
    answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x", **fields}, files=sent)
    check(answer, param, code)


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("text/plain", b"hello", "invalid_content_type"),
        ("multipart/form-data", b"hello", "invalid_form"),
        ("multipart/form-data; boundary=x", b"hello", "invalid_form"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense\r\n\r\n--x--", "invalid_form"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", "invalid_form"),
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "invalid_json"),
    ],
)
def test_it_refuses_bodies_that_cannot_be_read(provider: Provider, content_type: str, body: bytes, code: str) -> None:
    headers = {"authorization": f"Bearer {provider.key}", "content-type": content_type}
    check(provider.call("POST", "/v1/images/edits", content=body, headers=headers), None, code)


WRONG_JSON = [
    ({"images": None}, "images", "missing_required_parameter"),
    ({"images": []}, "images", "empty_array"),
    ({"images": [URL] * 17}, "images", "array_above_max_length"),
    ({"images": ["x"]}, "images[0]", "invalid_type"),
    ({"images": [URL, {}]}, "images[1].image_url", "missing_required_parameter"),
    ({"images": [{"image_url": "https://example.org/a.png"}]}, "images[0].image_url", "unsupported_value"),
    ({"images": [{"image_url": "http://169.254.169.254/latest"}]}, "images[0].image_url", "unsupported_value"),
    ({"images": [{"image_url": "file:///etc/passwd"}]}, "images[0].image_url", "unsupported_value"),
    ({"images": [{"image_url": "data:image/svg+xml;base64,PHN2Zy8+"}]}, "images[0].image_url", "unsupported_value"),
    ({"images": [{"image_url": "data:image/png;base64,!!!"}]}, "images[0].image_url", "invalid_base64"),
    ({"images": [{"image_url": "data:image/png;base64,"}]}, "images[0].image_url", "invalid_image_file"),
    ({"images": [{"image_url": "data:image/png;base64,aGVsbG8="}]}, "images[0].image_url", "invalid_image_file"),
    ({"images": [{"file_id": "file-123"}]}, "images[0].file_id", "unsupported_value"),
    ({"images": [{**URL, "detail": "high"}]}, "images[0].detail", "unknown_parameter"),
    ({"mask": {"image_url": data_url(mask((9, 9), (0, 0, 1, 1)))}}, "mask.image_url", "invalid_mask_image_format"),
    ({"mask": {"file_id": "file-1"}}, "mask.file_id", "unsupported_value"),
    ({"mask": "x"}, "mask", "invalid_type"),
    ({"image": "x"}, "image", "unknown_parameter"),
    ({"n": "2"}, "n", "invalid_type"),
]


@pytest.mark.parametrize(
    ("change", "param", "code"), WRONG_JSON, ids=[f"{param}-{code}-{i}" for i, (_, param, code) in enumerate(WRONG_JSON)]
)
def test_it_names_the_reference_at_fault(provider: Provider, change: dict, param: str, code: str) -> None:
    body = {"model": EDITOR, "prompt": "x", "images": [URL], **change}
    check(provider.call("POST", "/v1/images/edits", json=body), param, code)


def test_it_refuses_a_large_mask_and_a_large_body_of_json(provider: Provider) -> None:
    large = {"image_url": "data:image/png;base64," + "A" * (6 * 1024 * 1024)}
    check(
        provider.call("POST", "/v1/images/edits", json={"prompt": "x", "images": [URL], "mask": large}),
        "mask.image_url",
        "request_too_large",
        413,
    )
    body = b'{"prompt": "' + b" " * (64 * 1024 * 1024) + b'"}'
    headers = {"authorization": f"Bearer {provider.key}", "content-type": "application/json"}
    check(provider.call("POST", "/v1/images/edits", content=body, headers=headers), None, "request_too_large", 413)


@pytest.mark.parametrize("path", ["generations", "edits", "variations"])
def test_it_takes_posts_with_a_key_only(provider: Provider, path: str) -> None:
    assert provider.call("GET", f"/v1/images/{path}").status_code == 405
    assert provider.call("POST", f"/v1/images/{path}", headers={}).status_code == 401
