"""`response_format`: which shape the answer must have."""

import re
from dataclasses import dataclass

from engines.chat import grammars
from engines.chat.schemas import prepare_schema
from engines.errors import invalid
from engines.fields import Fields

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Format:
    """No grammar means free text. `param` is the field to blame when the engine cannot follow it."""

    grammar: str | None = None
    param: str | None = None
    instructions: str = ""


def read_format(body: Fields) -> Format:
    wanted = body.object("response_format")
    kind = wanted.one_of("type", ("text", "json_object", "json_schema")) if wanted else "text"
    if wanted is None or kind == "text":
        return Format()
    if kind == "json_object":
        require_the_word(body)
        return Format(grammars.ANY_OBJECT, "response_format")
    return read_json_schema(wanted.required_object("json_schema"))


def require_the_word(body: Fields) -> None:
    """As at OpenAI: a model that was not told to write JSON writes odd JSON."""
    if not re.search("json", str(body.get("messages")), re.IGNORECASE):
        message = "With 'response_format' of type 'json_object' the messages must contain the word 'json'."
        raise invalid(message, "messages")


def read_json_schema(wanted: Fields) -> Format:
    name = wanted.required_text("name")
    if not NAME.fullmatch(name):
        raise invalid("The name may have up to 64 letters, digits, '_' and '-'.", wanted.name_of("name"))
    description = wanted.text("description") or ""
    schema = wanted.required_object("schema").values
    prepared = prepare_schema(schema, wanted.name_of("schema"), wanted.flag("strict"))
    fields = ", ".join(schema.get("properties", {}))
    instructions = f"Answer with JSON only ({name}{': ' if description else ''}{description}). Its fields: {fields}."
    return Format(grammars.follow_schema(prepared), wanted.name_of("schema"), instructions)
