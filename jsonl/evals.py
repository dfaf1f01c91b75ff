"""Rows of an evaluation. Source: OpenAI's specification (EvalJsonlFileContentSource)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonl.values import Found, Told, unknown_keys

KEYS: Final = frozenset({"item", "sample"})


def judge_row(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """`item` is what graders and questions read, `sample` an answer that was given already. Texts of the item are counted."""
    yield from unknown_keys(value, KEYS)
    item = value.get("item")
    if "item" not in value:
        yield "missing", {"name": "item"}
    elif isinstance(item, Mapping):
        told.texts += [each for each in item.values() if isinstance(each, str)]
    else:
        yield "no_object", {"name": "item"}
    if value.get("sample") is not None and not isinstance(value["sample"], Mapping):
        yield "no_object", {"name": "sample"}
