"""A function pasted as JSON: its schema checked before any server sees it, and what is wrong told with its line."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from django.utils.translation import gettext as _

from apps.chat.deltas import BROKEN
from apps.runs.storable import clean

LONGEST: Final = 20_000  # characters
DEEPEST: Final = 10
MOST_PROPERTIES: Final = 200
TYPES: Final = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
Path = tuple[str | int, ...]


class BadSchema(ValueError):
    """It cannot be used. Its text is a sentence for the person, with the line where one is to blame."""


def read_pasted(text: str) -> dict[str, Any]:
    """{"name", "description", "parameters"} from a function of the API, or with `parameters` alone from a bare schema. Raises BadSchema."""
    value = _decoded(text)
    at: Path = ()
    if value.get("type") == "function" and isinstance(value.get("function"), dict):
        value, at = value["function"], ("function",)
    lines = lines_of(text)
    if "parameters" in value or "name" in value:
        parameters, place = value.get("parameters", {"type": "object", "properties": {}}), (*at, "parameters")
        told = {name: value[name] for name in ("name", "description") if isinstance(value.get(name), str)}
    else:
        parameters, place, told = value, at, {}
    _check_root(parameters, place, lines)
    return {**told, "parameters": parameters}


def _decoded(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BadSchema(_("This has %(have)s characters, the most is %(most)s.") % {"have": len(text), "most": LONGEST})
    if BROKEN.search(text):
        raise BadSchema(_("It has a character that no JSON has (NUL). Take it out, often by pasting as plain text."))
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadSchema(_("Line %(line)s: %(what)s") % {"line": error.lineno, "what": _in_words(error, text)}) from None
    except RecursionError:
        raise BadSchema(_("It is nested too deeply. The most is %(most)s levels.") % {"most": DEEPEST}) from None
    except ValueError as error:
        raise BadSchema(str(error)) from None
    if not isinstance(value, dict):
        raise BadSchema(_("Line 1: this must be an object, written between { and }."))
    return cast("dict[str, Any]", clean(value))


def _no_constant(name: str) -> Any:
    raise ValueError(_("%(name)s is no value of JSON.") % {"name": name})


def _in_words(error: json.JSONDecodeError, text: str) -> str:
    near = " ".join(text[error.pos : error.pos + 20].split())
    known = {
        "Expecting ',' delimiter": _("a comma or a closing bracket is missing"),
        "Expecting ':' delimiter": _("a colon is missing"),
        "Expecting property name enclosed in double quotes": _("a name in double quotes is missing, or a comma is too many"),
        "Expecting value": _("a value is missing"),
        "Unterminated string starting at": _("a closing quote is missing"),
        "Invalid control character at": _("a line break stands inside quotes; write \\n"),
        "Invalid \\escape": _("a backslash stands where it must not; write two"),
        "Extra data": _("the JSON ends before this"),
        "Illegal trailing comma before end of object": _("a comma is too many"),
        "Illegal trailing comma before end of array": _("a comma is too many"),
    }
    what = known.get(error.msg) or known.get(error.msg.partition(":")[0]) or _("this is no JSON")
    return _("%(what)s, near “%(near)s”.") % {"what": what, "near": near} if near else _("%(what)s at the end.") % {"what": what}


def lines_of(text: str) -> dict[Path, int]:
    """In which line each value of a JSON text begins, by its path. The text is known to be JSON."""
    found: dict[Path, int] = {}
    stack: list[list[Any]] = []  # [is an object, key or number, whether a key comes next]
    line = position = 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        word = token.group()
        if word in "}]":
            stack.pop()
        elif word == ",":
            stack[-1][1:] = [stack[-1][1], True] if stack[-1][0] else [stack[-1][1] + 1, False]
        elif word == ":":
            stack[-1][2] = False
        elif stack and stack[-1][0] and stack[-1][2]:
            stack[-1][1] = json.loads(word)
            found[tuple(level[1] for level in stack)] = line + 1
        else:
            found.setdefault(tuple(level[1] for level in stack), line + 1)
            if word in "{[":
                stack.append([word == "{", "" if word == "{" else 0, word == "{"])
    return found


# --- The rules ----------------------------------------------------------------------------------
def _fail(lines: Mapping[Path, int], path: Path, sentence: str) -> None:
    raise BadSchema(_("Line %(line)s: %(what)s") % {"line": lines.get(path, 1), "what": sentence})


def _check_root(schema: Any, path: Path, lines: Mapping[Path, int]) -> None:
    if not isinstance(schema, dict):
        _fail(lines, path, _("the inputs must be an object, written between { and }."))
    if schema.get("type", "object") != "object":
        _fail(lines, (*path, "type"), _('a function takes its inputs as an object: write "type": "object".'))
    _check(schema, path, lines, 1, [0])


def _check(schema: Any, path: Path, lines: Mapping[Path, int], depth: int, seen: list[int]) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        _fail(lines, path, _("a schema is an object, written between { and }."))
    if depth > DEEPEST:
        _fail(lines, path, _("this is nested too deeply. The most is %(most)s levels.") % {"most": DEEPEST})
    _check_type(schema, path, lines)
    _check_lists(schema, path, lines)
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        _fail(lines, (*path, "properties"), _("“properties” must be an object with a name for each input."))
    seen[0] += len(properties)
    if seen[0] > MOST_PROPERTIES:
        _fail(lines, path, _("there are more than %(most)s inputs.") % {"most": MOST_PROPERTIES})
    for name, each in properties.items():
        _check(each, (*path, "properties", name), lines, depth + 1, seen)
    for key in ("items", "additionalProperties"):
        if key in schema:
            _check(schema[key], (*path, key), lines, depth + 1, seen)
    for key in ("anyOf", "oneOf", "allOf"):
        for number, each in enumerate(schema.get(key, ())):
            _check(each, (*path, key, number), lines, depth + 1, seen)


def _check_type(schema: dict[str, Any], path: Path, lines: Mapping[Path, int]) -> None:
    types = schema.get("type", [])
    for each in types if isinstance(types, list) else [types]:
        if not isinstance(each, str) or each not in TYPES:
            told = _("“%(type)s” is no type. The types are %(types)s.") % {"type": str(each)[:40], "types": ", ".join(sorted(TYPES))}
            _fail(lines, (*path, "type"), told)


def _check_lists(schema: dict[str, Any], path: Path, lines: Mapping[Path, int]) -> None:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        _fail(lines, (*path, "required"), _('“required” must be a list of names, for example ["city"].'))
    properties = schema.get("properties", {})
    missing = [name for name in required if isinstance(properties, dict) and name not in properties]
    if missing:
        _fail(lines, (*path, "required"), _("“%(name)s” is required, but it is not among the properties.") % {"name": missing[0][:60]})
    if "enum" in schema and (not isinstance(schema["enum"], list) or not schema["enum"]):
        _fail(lines, (*path, "enum"), _("“enum” must be a list with at least one value."))
    if not isinstance(schema.get("description", ""), str):
        _fail(lines, (*path, "description"), _("a description is text, written in double quotes."))
    for key in ("anyOf", "oneOf", "allOf"):
        if not isinstance(schema.get(key, []), list):
            _fail(lines, (*path, key), _("“%(key)s” must be a list.") % {"key": key})
