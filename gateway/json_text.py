"""JSON as servers write it: fast where it is right, forgiving where it is not."""

import json
from typing import Any

import orjson


def decode_json(raw: bytes) -> Any:
    """The value, always free of what cannot be stored: broken UTF-8 and lone surrogates become U+FFFD or "?", NaN becomes None.

    Raises ValueError if it is not JSON by any reading.
    """
    try:
        return orjson.loads(raw)
    except ValueError:
        return _decode_broken(raw)


def _decode_broken(raw: bytes) -> Any:
    try:
        value = json.loads(raw.decode("utf-8", "replace").removeprefix("\ufeff"), parse_constant=lambda name: None)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
