"""The words of an error, out of whatever shape a server gave it. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.json_text import decode_json
from gateway.masking import mask


@dataclass(frozen=True, slots=True)
class Said:
    """The provider's own words, out of whatever shape they came in. `code` and `type` are lower case.

    `moderation` is what a safety system said: {"moderation_stage": "output", "categories": ["violence"]}, or empty.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    parameter: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    moderation: Mapping[str, Any] = field(default_factory=dict)


def without_keys(said: Said, keys: Iterable[str]) -> Said:
    """The same words with these keys, and whatever looks like one, made unreadable. A key in a code is lower case, as codes are."""
    known = list(keys)
    in_codes = [*known, *(key.lower() for key in known)]
    return replace(
        said,
        message=mask(said.message, known),
        code=mask(said.code, in_codes),
        type=mask(said.type, in_codes),
        parameter=mask(said.parameter, known),
        moderation=_mask_moderation(said.moderation, in_codes),
    )


def _mask_moderation(moderation: Mapping[str, Any], keys: list[str]) -> Mapping[str, Any]:
    if not moderation:
        return {}
    categories = [mask(name, keys) for name in moderation["categories"]]
    return {"moderation_stage": mask(moderation["moderation_stage"], keys), "categories": categories}


def read_body(body: bytes) -> Said:
    """Find the words in a body: OpenAI's object, a string error, FastAPI's detail, OAuth, plain text, HTML, nothing."""
    text = body.strip()
    if text[:1] in (b"{", b"[", b'"'):
        try:
            return read_error(decode_json(text))
        except ValueError:
            return Said(_plain(text))
    return Said(_plain(text))


def read_error(value: Any) -> Said:
    """The same for JSON that is decoded already."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return Said(value)
    if not isinstance(value, Mapping):
        return Said()
    error = value.get("error")
    if isinstance(error, Mapping):
        return _read_object(error)
    if isinstance(error, str) and error:
        return Said(str(value.get("error_description") or value.get("message") or error), code=error.lower() if " " not in error else "")
    if value.get("detail"):
        return _read_detail(value["detail"])
    return _read_object(value)


def _read_object(error: Mapping[str, Any]) -> Said:
    message = error.get("message") or error.get("msg") or error.get("details") or error.get("title") or ""
    return Said(
        message if isinstance(message, str) else str(message),
        code=_word(error.get("code")),
        type=_word(error.get("type")),
        parameter=_name(error.get("param")),
        extra=error,
        moderation=_read_moderation(error.get("moderation_details")),
    )


def _read_moderation(told: Any) -> Mapping[str, Any]:
    """As much as words about it need: the stage ("input", "output"), and the names of at most 20 categories."""
    if not isinstance(told, Mapping):
        return {}
    named = told.get("categories")
    categories = [name[:100] for name in named if isinstance(name, str)] if isinstance(named, list) else []
    return {"moderation_stage": _word(told.get("moderation_stage"))[:100] or "unknown", "categories": categories[:20]}


def _read_detail(detail: Any) -> Said:
    if isinstance(detail, Mapping):
        return _read_object(detail)
    if not isinstance(detail, list):
        return Said(str(detail))
    items = [item for item in detail if isinstance(item, Mapping)]
    messages = [f"{_place(item)}: {item.get('msg', '')}" for item in items]
    kind = _word(items[0].get("type")) if items else ""
    return Said("; ".join(messages), code=kind, parameter=_place(items[0]) if items else "")


def _place(item: Mapping[str, Any]) -> str:
    where = item.get("loc")
    names = [str(part) for part in where if part != "body"] if isinstance(where, list) else []
    return ".".join(names)


def _name(value: Any) -> str:
    """A name as it is written; LiteLLM writes "None" where it has none."""
    return value if isinstance(value, str) and value not in ("None", "null") else ""


def _word(value: Any) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else _name(value).lower()


def _plain(text: bytes) -> str:
    words = text.decode("utf-8", "replace")
    if words.lstrip()[:1] == "<":
        title = re.search(r"<(title|h1)[^>]*>(.*?)</\1>", words[:20_000], re.I | re.S)
        words = re.sub(r"<[^>]*>", " ", title[2]) if title else ""
    return " ".join(words.split())
