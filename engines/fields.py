"""Reads the fields of a request body one by one, strictly, with errors that name the field.

null counts as "not given", as it does at OpenAI.
"""

from collections.abc import Collection
from typing import Any

from engines.errors import ApiError, invalid

KINDS = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "an array", dict: "an object", type(None): "null"}


def kind_of(value: object) -> str:
    return KINDS.get(type(value), type(value).__name__)


class Fields:
    """One JSON object of a request. `path` is where it stands ("" for the body, `messages[0]` …)."""

    def __init__(self, values: object, path: str = "") -> None:
        self.path = path
        if not isinstance(values, dict):
            raise self.wrong_type(path, "an object", values)
        self.values: dict[str, Any] = values

    def name_of(self, field: str) -> str:
        return f"{self.path}.{field}" if self.path else field

    def wrong_type(self, name: str, wanted: str, got: object) -> ApiError:
        return invalid(f"'{name}' must be {wanted}, but it is {kind_of(got)}.", name, "invalid_type")

    def get(self, field: str) -> Any:
        return self.values.get(field)

    def has(self, field: str) -> bool:
        return self.values.get(field) is not None

    def require(self, field: str) -> Any:
        if not self.has(field):
            raise invalid(f"'{self.name_of(field)}' is missing.", self.name_of(field), "missing_required_parameter")
        return self.values[field]

    def refuse_unknown(self, known: Collection[str], without_effect: Collection[str] = (), unsupported: Collection[str] = ()) -> None:
        """Fields that OpenAI takes and this model does not (`unsupported`) are refused in other words than those that nobody takes."""
        for name in self.values:
            if name in unsupported and self.has(name):
                raise invalid(f"This model does not take '{name}'.", name, "unsupported_parameter")
            if name not in known and name not in without_effect and name not in unsupported:
                raise invalid(f"There is no parameter '{name}' here.", name, "unknown_parameter")

    def text(self, field: str, default: str | None = None, longest: int | None = None) -> str | None:
        value = self.get(field)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.wrong_type(self.name_of(field), "a string", value)
        if longest is not None and len(value) > longest:
            raise invalid(f"'{self.name_of(field)}' is longer than {longest} characters.", self.name_of(field), "string_above_max_length")
        return value

    def required_text(self, field: str) -> str:
        self.require(field)
        value = self.text(field)
        if not value:
            raise invalid(f"'{self.name_of(field)}' is empty.", self.name_of(field), "empty_string")
        return value

    def flag(self, field: str, default: bool = False) -> bool:
        value = self.get(field)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong_type(self.name_of(field), "true or false", value)
        return value

    def integer(self, field: str, low: int, high: int, default: int | None = None) -> int | None:
        value = self.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong_type(self.name_of(field), "an integer", value)
        self.check_range(field, value, low, high, "integer")
        return value

    def number(self, field: str, low: float, high: float, default: float | None = None) -> float | None:
        value = self.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong_type(self.name_of(field), "a number", value)
        self.check_range(field, value, low, high, "decimal")
        return float(value)

    def check_range(self, field: str, value: float, low: float, high: float, kind: str) -> None:
        name = self.name_of(field)
        if value < low:
            raise invalid(f"'{name}' must be at least {low:g}, but it is {value:g}.", name, f"{kind}_below_min_value")
        if value > high:
            raise invalid(f"'{name}' must be at most {high:g}, but it is {value:g}.", name, f"{kind}_above_max_value")

    def array(self, field: str, longest: int) -> list[Any] | None:
        value = self.get(field)
        if value is None:
            return None
        name = self.name_of(field)
        if not isinstance(value, list):
            raise self.wrong_type(name, "an array", value)
        if len(value) > longest:
            raise invalid(f"'{name}' holds {len(value)} items; at most {longest} are allowed.", name, "array_above_max_length")
        return value

    def full_array(self, field: str, longest: int) -> list[Any]:
        """An array that must be there and must not be empty."""
        self.require(field)
        value = self.array(field, longest)
        if not value:
            raise invalid(f"'{self.name_of(field)}' must not be empty.", self.name_of(field), "empty_array")
        return value

    def object(self, field: str) -> "Fields | None":
        return Fields(self.values[field], self.name_of(field)) if self.has(field) else None

    def required_object(self, field: str) -> "Fields":
        return Fields(self.require(field), self.name_of(field))

    def choice(self, field: str, allowed: Collection[str], default: str) -> str:
        return self.one_of(field, allowed) if self.has(field) else default

    def one_of(self, field: str, allowed: Collection[str]) -> str:
        value = self.required_text(field)
        if value not in allowed:
            raise self.not_among(field, value, allowed)
        return value

    def not_among(self, field: str, value: str, allowed: Collection[str]) -> ApiError:
        listed = ", ".join(f"'{each}'" for each in allowed)
        return invalid(f"'{self.name_of(field)}' is '{value}'; it must be one of {listed}.", self.name_of(field))
