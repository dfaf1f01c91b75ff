"""Schemas of callers, without a model: what is refused, and where ends are added."""

from typing import Any

import pytest

from engines.chat.schemas import OPEN_ARRAY_LENGTH, OPEN_STRING_LENGTH, prepare_schema
from engines.errors import ApiError


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "array"}, "an object is expected"),
        ({"type": "string"}, "an object is expected"),
        (closed(a={"type": "text"}), "/properties/a/type"),
        (closed(a={"type": "string", "minLength": "two"}), "a whole number is expected"),
        (closed(a={"type": "string", "pattern": "("}), "the expression is wrong"),
        (closed(a={"type": "string", "pattern": 5}), "a string is expected"),
        (closed(a={"enum": []}), "at least one value"),
        (closed(a={"not": {}}), "'not' is not supported"),
        (closed(a={"if": {}}), "'if' is not supported"),
        (closed(a={"$ref": "#/$defs/b"}), "which is not there"),
        (closed(a={"$ref": "https://example.org/schema"}), "into the schema itself"),
        (closed(a={"anyOf": []}), "a list of schemas"),
        (closed(a=5), "an object is expected"),
        ({"type": "object", "properties": 5}, "an object of schemas"),
        ({"type": "object", "required": "a"}, "a list of names"),
        ({"type": "object", "items": 5}, "an object is expected"),
    ],
)
def test_it_refuses_what_the_engine_could_not_follow(schema: dict, reason: str) -> None:
    with pytest.raises(ApiError, match=reason) as refused:
        prepare_schema(schema, "somewhere", strict=False)

    assert (refused.value.status, refused.value.param) == (400, "somewhere")


def test_it_refuses_a_schema_without_bottom() -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(40):
        schema = closed(a=schema)

    with pytest.raises(ApiError, match="nested deeper"):
        prepare_schema(schema, "somewhere", strict=False)


def test_it_asks_for_closed_objects_in_strict_mode_only() -> None:
    for part in ("additionalProperties", "required"):
        schema = {key: value for key, value in closed(a={"type": "null"}).items() if key != part}
        assert prepare_schema(schema, "somewhere", strict=False)
        with pytest.raises(ApiError, match=part):
            prepare_schema(schema, "somewhere", strict=True)
        with pytest.raises(ApiError, match="/properties/inner"):
            prepare_schema(closed(inner=schema), "somewhere", strict=True)


def test_it_ends_what_the_caller_left_open() -> None:
    texts = {"type": "array", "items": {"type": ["string", "null"]}}
    prepared = prepare_schema(closed(texts=texts), "somewhere", strict=True)["properties"]["texts"]

    assert prepared["maxItems"] == OPEN_ARRAY_LENGTH
    assert prepared["items"]["maxLength"] == OPEN_STRING_LENGTH


def test_it_keeps_the_ends_that_the_caller_set() -> None:
    wanted = closed(
        short={"type": "string", "maxLength": 3},
        long={"type": "string", "minLength": 2000},
        day={"type": "string", "format": "date"},
        many={"type": "array", "items": True, "maxItems": 99},
    )
    prepared = prepare_schema(wanted, "somewhere", strict=True)["properties"]

    assert prepared["short"]["maxLength"] == 3
    assert prepared["long"]["maxLength"] == 2000
    assert "maxLength" not in prepared["day"]
    assert prepared["many"]["maxItems"] == 99


def test_it_leaves_out_what_is_only_for_readers() -> None:
    schema = {**closed(title={"type": "null", "description": "x"}), "$schema": "https://json-schema.org/draft/2020-12/schema"}

    assert prepare_schema(schema, "somewhere", strict=True) == closed(title={"type": "null"})
