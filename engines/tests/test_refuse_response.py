"""What /v1/responses refuses, which needs no model."""

import contextlib
import errno
import json
import sqlite3
import stat
from collections.abc import Iterator
from typing import Any

import pytest

from engines.errors import ApiError
from engines.fields import Fields
from engines.files.disk import CannotOpen, Disk
from engines.responses import recall as recalls
from engines.responses import request as requests
from engines.responses import shelf as shelves
from engines.responses.items import read_message
from engines.responses.recall import Recall
from engines.responses.request import read_request
from engines.responses.shelf import Shelf
from engines.tests.stored import Keeper, check

MB = 1024 * 1024
DEEP = json.loads("[" * 300 + "]" * 300)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("changed", "param", "code"),
    [
        ({"model": None}, "model", "missing_required_parameter"),
        ({"input": None}, "input", "missing_required_parameter"),
        ({"input": 5}, "input", "invalid_type"),
        ({"input": []}, "input", "empty_array"),
        ({"input": [{"role": "tool", "content": "x"}]}, "input[0].role", "invalid_value"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input[0].content[0].type", "unsupported_value"),
        ({"input": [{"type": "web_search_call"}]}, "input[0].type", "invalid_value"),
        ({"input": [{"type": "item_reference", "id": "msg_0"}]}, "input[0].id", "item_not_found"),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]}, "input", "invalid_value"),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]}, "input", "invalid_value"),
        ({"n": 2}, "n", "unknown_parameter"),
        ({"conversation": "conv_1"}, "conversation", "unsupported_parameter"),
        ({"reasoning": {"effort": "low"}}, "reasoning", "unsupported_parameter"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type", "unsupported_value"),
        ({"tools": [{"type": "image_generation"}]}, "tools[0].type", "unsupported_value"),
        ({"tools": 5}, "tools", "invalid_type"),
        ({"input": [{"type": "item_reference", "id": "msg_0"}] * 65}, "input", "array_above_max_length"),
        ({"input": [{"id": "a", "role": "user", "content": text} for text in "xy"]}, "input", "invalid_value"),
        ({"tools": [{"type": "function"}]}, "tools[0].name", "missing_required_parameter"),
        ({"tools": [{"type": "function", "name": "f", "x": DEEP}]}, "tools", "invalid_value"),
        ({"text": {"format": {"type": "text", "x": DEEP}}}, "text", "invalid_value"),
        (
            {"input": [{"type": "function_call_output", "call_id": "c" * 129, "output": "x"}]},
            "input[0].call_id",
            "string_above_max_length",
        ),
        ({"previous_response_id": "r" * 129}, "previous_response_id", "string_above_max_length"),
        (
            {"tools": [{"type": "function", "name": "f"}], "tool_choice": {"type": "function", "name": "g"}},
            "tool_choice.name",
            "invalid_value",
        ),
        (
            {
                "tools": [{"type": "function", "name": "f"}],
                "tool_choice": {"type": "allowed_tools", "mode": "x", "tools": [{"type": "function", "name": "f"}]},
            },
            "tool_choice.mode",
            "invalid_value",
        ),
        ({"tool_choice": "required"}, "tool_choice", "invalid_value"),
        ({"text": {"format": {"type": "json_object"}}}, "input", "invalid_value"),
        ({"text": {"format": {"type": "json_schema", "schema": SCHEMA}}}, "text.format.name", "missing_required_parameter"),
        ({"text": {"format": {"type": "json_schema", "name": "a"}}}, "text.format.schema", "missing_required_parameter"),
        ({"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value"),
        ({"temperature": 3}, "temperature", "decimal_above_max_value"),
        ({"metadata": {str(i): "x" for i in range(17)}}, "metadata", "object_above_max_properties"),
        ({"metadata": {"a": "x" * 513}}, "metadata.a", "string_above_max_length"),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
        ({"background": True, "store": False}, "background", "invalid_value"),
        ({"previous_response_id": "resp_0"}, "previous_response_id", "previous_response_not_found"),
    ],
)
def test_it_names_the_field_at_fault(keeper: Keeper, changed: dict[str, Any], param: str, code: str) -> None:
    body = {"model": "smollm2-135m-instruct", "input": "Hello", **changed}
    check(keeper.call("POST", "/v1/responses", json=body), param, code)


def test_an_unknown_response_is_not_found(keeper: Keeper) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")):
        check(keeper.call(method, f"/v1/responses/resp_0{path}"), None, None, 404)


def test_a_model_that_is_not_installed_says_so(keeper: Keeper) -> None:
    check(
        keeper.call("POST", "/v1/responses", json={"model": "smollm2-135m-instruct", "input": "Hello", "background": True}),
        None, "engine_missing", 503, "server_error",
    )  # fmt: skip


def response(number: int, status: str = "completed", created_at: int | None = None) -> dict[str, Any]:
    made = shelves.oldest_alive() + 1000 if created_at is None else created_at
    return {"id": f"resp_{number}", "created_at": made, "status": status, "output": [], "previous_response_id": None, "error": None}


def test_the_oldest_make_room_and_the_expired_go(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_KEPT", 2)
    shelf = Shelf(Disk(tmp_path))
    shelf.add(response(0, "in_progress"), [])
    for number in (1, 2, 3):
        shelf.add(response(number), [])

    assert [row["id"] for row in shelf.database.rows("SELECT id FROM responses ORDER BY number")] == ["resp_0", "resp_2", "resp_3"]
    shelf.add(response(4, created_at=shelves.oldest_alive() - 1), [])
    with pytest.raises(Exception, match="not found"):
        shelf.get("resp_4")
    shelf.drop_expired()
    assert "resp_4" not in [row["id"] for row in shelf.database.rows("SELECT id FROM responses")]
    shelf.close()


def test_what_was_deleted_does_not_come_back_and_the_first_end_counts(tmp_path: Any) -> None:
    shelf = Shelf(Disk(tmp_path))
    for number in (1, 2):
        shelf.add(response(number, "queued"), [])
    shelf.delete("resp_1")
    shelf.finish(response(1), [])
    shelf.finish(response(2, "cancelled"), [])
    shelf.finish(response(2), [])

    assert [row["id"] for row in shelf.database.rows("SELECT id FROM responses")] == ["resp_2"]
    assert shelf.get("resp_2")["status"] == "cancelled"
    shelf.close()


def test_one_whose_end_was_lost_is_told_as_failed(tmp_path: Any) -> None:
    shelf = Shelf(Disk(tmp_path))
    shelf.add(response(1, "queued") | {"usage": {"total_tokens": 3}}, [])

    told = shelf.settled("resp_1")
    assert (told["status"], told["error"]["code"], told["usage"]) == ("failed", "server_error", None)
    assert shelf.get("resp_1") == told
    shelf.close()


def test_another_item_by_the_id_of_one_before_is_refused(tmp_path: Any) -> None:
    shelf = Shelf(Disk(tmp_path))
    said = {"id": "msg_1", "type": "message", "status": "completed", **read_message(Fields({"role": "user", "content": "Old"}))}
    shelf.add(response(1), [said])
    body = {"model": "any", "previous_response_id": "resp_1"}
    recall = Recall(shelf)

    same = read_request(body | {"input": [{"type": "item_reference", "id": "msg_1"}]}, recall.context_of, recall.find_item)
    assert [each["content"] for each in same.chat.messages] == ["Old"]
    with pytest.raises(ApiError, match="Duplicate item found with id msg_1"):
        read_request(body | {"input": [{"id": "msg_1", "role": "user", "content": "New"}]}, recall.context_of, recall.find_item)
    shelf.close()


def stored_call(number: int, size: int) -> dict[str, Any]:
    return {"id": f"fc_{number}", "type": "function_call", "status": "completed", "call_id": "c", "name": "f", "arguments": "x" * size}


def test_what_stands_behind_one_request_is_bound_in_sum(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight turns of a megabyte each, which lie on the disk as a few kilobytes."""
    monkeypatch.setattr(recalls, "MOST_RECALLED_BYTES", 5 * MB)
    shelf = Shelf(Disk(tmp_path))
    for number in range(8):
        before = f"resp_{number - 1}" if number else None
        shelf.add(response(number) | {"previous_response_id": before}, [stored_call(number, MB)])

    assert len(Recall(shelf).context_of("resp_3")) == 4
    with pytest.raises(ApiError, match="Begin a new conversation") as refused:
        Recall(shelf).context_of("resp_7")
    assert (refused.value.param, refused.value.code) == ("previous_response_id", "context_length_exceeded")
    recall = Recall(shelf)
    with pytest.raises(ApiError, match="Begin a new conversation"):
        [recall.find_item(f"fc_{number}") for number in range(8)]
    shelf.close()


def test_not_more_is_unpacked_than_one_request_may_read(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalls, "MOST_UNPACKED_BYTES", MB)
    shelf = Shelf(Disk(tmp_path))
    shelf.add(response(0) | {"instructions": "x" * 2 * MB}, [])
    with pytest.raises(ApiError, match="Begin a new conversation"):
        Recall(shelf).context_of("resp_0")
    shelf.close()


def test_what_goes_to_the_model_is_bound_with_what_came_before(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_CARRIED", 10)
    shelf = Shelf(Disk(tmp_path))
    shelf.add(
        response(0),
        [{"id": "msg_1", "type": "message", "status": "completed", **read_message(Fields({"role": "user", "content": "123456"}))}],
    )
    recall, body = Recall(shelf), {"model": "any", "previous_response_id": "resp_0"}
    assert read_request(body | {"input": "1234"}, recall.context_of, recall.find_item)
    with pytest.raises(ApiError) as refused:
        read_request(body | {"input": "12345"}, recall.context_of, recall.find_item)
    assert refused.value.param == "input"
    shelf.close()


def test_what_cannot_be_read_is_said_and_what_is_kept_is_for_its_owner_alone(tmp_path: Any) -> None:
    shelf = Shelf(disk := Disk(tmp_path))
    shelf.close()
    stored = tmp_path / "responses.sqlite3"
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    stored.write_bytes(b"rubbish" * 1000)
    with pytest.raises(CannotOpen, match="Move that file away"):
        Shelf(disk)


def test_it_is_deleted_on_a_full_disk(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full as long as the reserve lies on it: nothing can be written down, not even that a row goes."""
    shelf = Shelf(Disk(tmp_path))
    shelf.add(response(1), [])
    shelf.add(response(2, created_at=shelves.oldest_alive() - 1), [])
    write = shelf.database.transaction

    @contextlib.contextmanager
    def write_where_there_is_room() -> Iterator[sqlite3.Connection]:
        if shelf.disk.reserve.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        with write() as connection:
            yield connection

    monkeypatch.setattr(shelf.database, "transaction", write_where_there_is_room)
    for remove in (lambda: shelf.delete("resp_1"), shelf.drop_expired):
        shelf.disk.keep_reserve()
        remove()
    assert shelf.database.rows("SELECT id FROM responses") == []
    shelf.close()
