"""Grammars that keep the model to a shape, written for llama.cpp's llguidance engine.

A wrong grammar is not refused by the engine: it writes free text instead. So schemas are checked
before (`schemas.py`), and every new grammar is tried with a mark that only a grammar in force can bring.
"""

import json
from typing import Any

HEAD = "%llguidance {}\n"
MARK = "@@"
# Weak models write better JSON with a space after : and , and, left free, fill pages with white space.
LAYOUT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}

# JSON mode promises "some object". This one is bounded everywhere, so that it ends by itself.
ANY_OBJECT = (
    HEAD
    + r"""
start: "{" pair (", " pair){0,9} "}"
pair: KEY ": " value
value: scalar | list | inner
list: "[]" | "[" scalar (", " scalar){0,9} "]"
inner: "{" small (", " small){0,5} "}"
small: KEY ": " (scalar | shortlist)
shortlist: "[]" | "[" scalar (", " scalar){0,4} "]"
scalar: STRING | NUMBER | "true" | "false" | "null"
KEY: /"[A-Za-z_][A-Za-z0-9_ \-]{0,31}"/
STRING: /"([^"\\\x00-\x1f]|\\["\\\/nt]){0,240}"/
NUMBER: /-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?/
"""
)


def follow_schema(schema: dict[str, Any]) -> str:
    return HEAD + "start: %json " + json.dumps({**schema, "x-guidance": LAYOUT}, ensure_ascii=False)


def choose_word(words: list[str]) -> str:
    return HEAD + "start: " + " | ".join(json.dumps(word) for word in words)


def with_mark(grammar: str) -> str:
    """The same grammar, with MARK before everything."""
    return grammar.replace("start: ", f'start: "{MARK}" ', 1)
