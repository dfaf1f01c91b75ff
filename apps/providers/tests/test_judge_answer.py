"""What the many ways to say no mean for a part of the API."""

import json

import pytest

from apps.providers.checkup.verdicts import judge
from gateway import ApiResponse

KEY = "sk-judge-0123456789abcdefWXYZ"


def answer(status: int, body: object = "", content_type: str = "application/json") -> ApiResponse:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    value = None if isinstance(body, str) else body
    return ApiResponse(status, {"content-type": content_type}, json=value, body=raw, content_type=content_type)


def says(message: str, **more: object) -> dict[str, object]:
    return {"error": {"message": message, **more}}


GHOST = answer(404, {"message": "nothing for POST /v1/no-such-part-of-the-api"})
CASES = [
    (400, says("Missing required parameter: 'messages'."), "works", "there"),
    (422, {"detail": [{"type": "missing", "loc": ["body", "prompt"], "msg": "Field required"}]}, "works", "there"),
    (415, says("Content type not supported: needs a file"), "works", "there"),
    (404, says("The model `None` does not exist", code="model_not_found"), "works", "there"),
    (404, says("model '' not found", type="not_found_error"), "works", "there"),
    (500, says("[json.exception.out_of_range.403] key 'messages' not found"), "works", "there"),
    (404, {"detail": "Not Found"}, "missing", "no_path"),
    (404, "404 page not found", "missing", "no_path"),
    (404, "", "unclear", "odd"),
    (404, says("File Not Found", type="not_found_error"), "missing", "no_path"),
    (404, says("Invalid URL (POST /v1/responses)"), "missing", "no_path"),
    (404, {"message": "nothing for POST /v1/responses"}, "missing", "no_path"),
    (400, {"error": "Unknown endpoint: /v1/responses"}, "missing", "no_path"),
    (200, {"error": "Unexpected endpoint or method. (POST /v1/responses)"}, "missing", "no_path"),
    (405, {"detail": "Method Not Allowed"}, "missing", "no_method"),
    (501, says("This server does not support embeddings."), "missing", "not_built"),
    (400, says("The model does not support Embeddings API"), "missing", "not_built"),
    (500, says("speech is not implemented yet"), "missing", "not_built"),
    (
        400,
        says("This server does not support translating recordings: its model hears English only.", param="model"),
        "missing",
        "not_built",
    ),
    (400, says("Invalid file format. Supported formats: ['flac', 'm4a', 'mp3']"), "works", "there"),
    (422, {"detail": [{"type": "missing", "loc": ["body", "file"], "msg": "Field required"}]}, "works", "there"),
    (401, says("Incorrect API key provided"), "refused", "key"),
    (403, says("Missing scopes: model.request"), "refused", "key"),
    (400, says("Invalid API key", code="invalid_api_key"), "refused", "key"),
    (404, says("The API deployment for this resource does not exist.", code="DeploymentNotFound"), "unclear", "deployment"),
    (400, says("The embeddings operation does not work with the specified model"), "unclear", "deployment"),
    (404, {"message": "Nobody is at home"}, "unclear", "odd"),
    (402, says("Payment required"), "unclear", "quota"),
    (429, says("Rate limit reached"), "unclear", "rate"),
    (500, says("Internal server error"), "unclear", "server"),
    (503, says("Loading model"), "unclear", "busy"),
    (307, "", "unclear", "redirect"),
    (200, {}, "unclear", "odd"),
    (200, {"status": "ok"}, "unclear", "odd"),
    (200, {"object": "chat.completion", "choices": []}, "works", "answers"),
    (200, {"id": "x", "error": None}, "works", "answers"),
]


@pytest.mark.parametrize(("status", "body", "state", "reason"), CASES)
def test_it_tells_a_part_that_refuses_from_a_part_that_is_not_there(status, body, state, reason):
    verdict = judge("POST", answer(status, body), GHOST)
    assert (verdict.state, verdict.reason, verdict.status) == (state, reason, status)


@pytest.mark.parametrize(("status", "state"), [(200, "missing"), (404, "missing"), (500, "unclear"), (401, "refused")])
def test_it_takes_no_web_page_for_a_part_of_the_api(status, state):
    page = answer(status, "<!doctype html><title>Pots</title>", "text/html")
    assert judge("POST", page).state == judge("GET", page).state == state


@pytest.mark.parametrize(
    ("body", "state"), [({"object": "list", "data": []}, "works"), ([], "works"), ({"ok": 1}, "unclear"), ('{"data": [{"id', "works")]
)
def test_it_takes_a_list_for_a_list_also_where_only_its_beginning_was_read(body, state):
    assert judge("GET", answer(200, body)).state == state


@pytest.mark.parametrize("status", [200, 400])
def test_it_believes_no_server_that_says_the_same_to_every_address(status):
    same = {"object": "thing", "path": "/v1/{}", "number": 7}
    ghost = answer(status, {**same, "path": "/v1/no-such-part-of-the-api", "number": 1})
    assert judge("POST", answer(status, {**same, "path": "/v1/images/edits"}), ghost).reason == "catch_all"
    assert judge("POST", answer(status, {"object": "other", "error": None}), ghost).state == "works"


def test_it_keeps_the_servers_words_in_one_short_line_without_a_key():
    verdict = judge("POST", answer(403, says(f"{KEY} may not\ndo this. " + "x" * 900)))
    assert KEY not in verdict.said and "\n" not in verdict.said
    assert 0 < len(verdict.said) <= 200


@pytest.mark.parametrize(
    "body", ["", "\x00", "[[[[", "null", "7", '"text"', "[]", "{", '{"error": []}', '{"error": {"message": {"a": 1}}}', '{"detail": [7]}']
)
@pytest.mark.parametrize("status", [200, 204, 400, 404, 500, 599])
def test_it_has_a_verdict_on_nonsense(status, body):
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    odd = ApiResponse(status, {}, json=value, body=body.encode(), content_type="")
    for method in ("GET", "POST"):
        assert judge(method, odd, odd).state in {"works", "missing", "refused", "unclear"}
        assert judge(method, odd, GHOST).reason
