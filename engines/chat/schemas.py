"""JSON Schemas of callers: refused with the reason when the engine could not follow them, bounded when open-ended."""

import re
from collections.abc import Callable
from typing import Any

from engines.errors import ApiError, invalid

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def is_number(value: Any) -> bool:
    return type(value) in (int, float)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def is_types(value: Any) -> bool:
    return all(kind in TYPES for kind in (value if isinstance(value, list) else [value]))


NOTES = {"title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly"}
WITH_SCHEMA = {"items", "additionalProperties"}
WITH_SCHEMAS = {"anyOf", "oneOf", "allOf", "prefixItems"}
WITH_NAMED_SCHEMAS = {"properties", "$defs", "definitions", "patternProperties"}
VALUES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), ("a whole number", is_count)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), ("a number", is_number)),
    **dict.fromkeys(("pattern", "format", "$ref"), ("a string", is_text)),
    "required": ("a list of names", is_names),
    "type": ("a type, or a list of types", is_types),
    "enum": ("a list of at least one value", lambda value: isinstance(value, list) and bool(value)),
    "const": ("a value", lambda value: True),
}
MAX_DEPTH = 32
# Where the schema sets no end, a weak model finds none: it repeats itself until its context is full.
OPEN_STRING_LENGTH = 800
OPEN_ARRAY_LENGTH = 32


class SchemaCheck:
    """Walks a schema once: checks it and returns the bounded copy. `param` is the field that errors name."""

    def __init__(self, root: dict[str, Any], param: str, strict: bool) -> None:
        self.root = root
        self.param = param
        self.strict = strict

    def refuse(self, where: str, reason: str) -> ApiError:
        return invalid(f"The schema cannot be used: at {where or 'its root'}, {reason}.", self.param, "invalid_schema")

    def bound(self, schema: Any, where: str = "", depth: int = 0) -> Any:
        if isinstance(schema, bool) and where:
            return schema
        if not isinstance(schema, dict):
            raise self.refuse(where, "an object is expected")
        if depth > MAX_DEPTH:
            raise self.refuse(where, f"it is nested deeper than {MAX_DEPTH} levels")
        self.check_keywords(schema, where)
        self.check_strict(schema, where)
        return self.add_ends({key: self.bound_keyword(key, value, where, depth) for key, value in schema.items() if key not in NOTES})

    def bound_keyword(self, key: str, value: Any, where: str, depth: int) -> Any:
        here = f"{where}/{key}"
        if key in WITH_SCHEMA:
            return self.bound(value, here, depth + 1)
        if key in WITH_SCHEMAS:
            if not isinstance(value, list) or not value:
                raise self.refuse(here, "a list of schemas is expected")
            return [self.bound(each, f"{here}/{i}", depth + 1) for i, each in enumerate(value)]
        if key in WITH_NAMED_SCHEMAS:
            if not isinstance(value, dict):
                raise self.refuse(here, "an object of schemas is expected")
            return {name: self.bound(each, f"{here}/{name}", depth + 1) for name, each in value.items()}
        return value

    def check_keywords(self, schema: dict[str, Any], where: str) -> None:
        for key, value in schema.items():
            if key in VALUES:
                wanted, fits = VALUES[key]
                if not fits(value):
                    raise self.refuse(f"{where}/{key}", f"{wanted} is expected")
            elif key not in NOTES | WITH_SCHEMA | WITH_SCHEMAS | WITH_NAMED_SCHEMAS:
                raise self.refuse(where, f"the keyword '{key}' is not supported")
        if "properties" in schema and not isinstance(schema["properties"], dict):
            raise self.refuse(f"{where}/properties", "an object of schemas is expected")
        if "pattern" in schema:
            self.check_pattern(schema["pattern"], where)
        if "$ref" in schema:
            self.resolve(schema["$ref"], where)

    def check_pattern(self, pattern: str, where: str) -> None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise self.refuse(f"{where}/pattern", f"the expression is wrong ({error})") from error

    def resolve(self, reference: str, where: str) -> None:
        target: Any = self.root
        if not reference.startswith("#"):
            raise self.refuse(where, "'$ref' must point into the schema itself")
        for step in reference.strip("#/").split("/") if reference != "#" else []:
            target = target.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            raise self.refuse(where, f"'$ref' points to {reference}, which is not there")

    def check_strict(self, schema: dict[str, Any], where: str) -> None:
        """Strict mode asks for closed objects with every property required, as at OpenAI."""
        if not self.strict or (schema.get("type") != "object" and "properties" not in schema):
            return
        if schema.get("additionalProperties") is not False:
            raise self.refuse(where, "strict mode needs 'additionalProperties': false")
        missing = [name for name in schema.get("properties", {}) if name not in schema.get("required", [])]
        if missing:
            raise self.refuse(where, f"strict mode needs every property in 'required', and '{missing[0]}' is not")

    def add_ends(self, schema: dict[str, Any]) -> dict[str, Any]:
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "string" in kinds and not schema.keys() & {"maxLength", "pattern", "format", "enum", "const"}:
            schema["maxLength"] = max(OPEN_STRING_LENGTH, schema.get("minLength", 0))
        if "array" in kinds and not schema.keys() & {"maxItems", "enum", "const"}:
            schema["maxItems"] = max(OPEN_ARRAY_LENGTH, schema.get("minItems", 0))
        return schema


def prepare_schema(schema: dict[str, Any], param: str, strict: bool) -> dict[str, Any]:
    """The schema as the engine gets it. Its root must be an object."""
    check = SchemaCheck(schema, param, strict)
    if schema.get("type", "object") != "object" or (strict and "anyOf" in schema):
        raise check.refuse("", "an object is expected ('type': 'object')")
    prepared: dict[str, Any] = check.bound(schema)
    if "$ref" not in prepared:
        prepared.setdefault("type", "object")
    return prepared
