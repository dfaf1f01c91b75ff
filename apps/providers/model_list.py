"""Reads the model list of a server, whatever it is, and keeps it as rows. Pure reading, one place that writes."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.providers.models import Model, Provider

MOST_MODELS = 2000
LONGEST_NAME = 200
CONTEXT_NAMES = ("max_model_len", "context_length", "max_context_length", "context_window")
FACT_LENGTHS = {"description": 300, "owned_by": 80}
HIGHEST = 2**31 - 1
TOLD = ("label", "is_listed", "shutdown_date", "context_tokens", "facts", "deleted_at")  # what a list tells of a model


class NotAList(ValueError):
    """The answer holds no list of models."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One usable entry of a list."""

    name: str
    label: str = ""
    shutdown_date: datetime.date | None = None
    context_tokens: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def read_models(body: Any) -> list[ListedModel]:
    """The usable entries, each name once, at most `MOST_MODELS`. Raises `NotAList`."""
    found: dict[str, ListedModel] = {}
    for entry in _entries(body):
        model = _read_entry(entry)
        if model is not None:
            found.setdefault(model.name, model)
        if len(found) == MOST_MODELS:
            break
    return list(found.values())


def store_models(provider: Provider, listed: list[ListedModel]) -> None:
    """Make the rows say what the list says. What left the list is kept, but no longer offered, unless a person typed it in."""
    with transaction.atomic():
        rows = {row.name: row for row in Model.objects.filter(provider=provider)}
        fresh = [row for model in listed if (row := _fresh_row(provider, rows.get(model.name), model))]
        # One statement for new and changed ones: an UPDATE of its own for thousands holds SQLite for seconds.
        Model.objects.bulk_create(fresh, batch_size=200, update_conflicts=True, unique_fields=["provider", "name"], update_fields=TOLD)
        gone = [rows[name].pk for name in rows.keys() - {model.name for model in listed} if rows[name].is_listed]
        Model.objects.filter(pk__in=gone).update(is_listed=False)


def _entries(body: Any) -> Iterator[Any]:
    if isinstance(body, Mapping):
        body = next((body[name] for name in ("data", "models") if isinstance(body.get(name), list)), None)
    if not isinstance(body, list):
        raise NotAList
    yield from body


def _read_entry(entry: Any) -> ListedModel | None:
    """An entry is an object with an id, at some servers with a name only, or just a name."""
    if isinstance(entry, str):
        entry = {"id": entry}
    if not isinstance(entry, Mapping):
        return None
    name = next((entry[key] for key in ("id", "name", "model") if isinstance(entry.get(key), str)), "").strip()
    # An unprintable or cut name could never be called.
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return None
    label = next((clean_text(entry[key], 120) for key in ("display_name", "name") if isinstance(entry.get(key), str)), "")
    facts = {key: clean_text(entry[key], length) for key, length in FACT_LENGTHS.items() if isinstance(entry.get(key), str)}
    return ListedModel(name, "" if label == name else label, _read_date(entry.get("shutdown_date")), _read_context(entry), facts)


def _read_context(entry: Mapping[str, Any]) -> int | None:
    for key in CONTEXT_NAMES:
        value = entry.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= HIGHEST:
            return value
    return None


def _read_date(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def clean_text(text: str, length: int) -> str:
    """Text of a stranger's server as one printable line."""
    return "".join(character if character.isprintable() else " " for character in text[: length * 2]).strip()[:length]


def _fresh_row(provider: Provider, row: Model | None, model: ListedModel) -> Model | None:
    """What the list says of a model, to take the place of the row of its name; None where that one says it already.

    A label that is there stays: a person may have written it.
    """
    told = {
        "label": (row.label if row else "") or model.label,
        "is_listed": True,
        "shutdown_date": model.shutdown_date,
        "context_tokens": model.context_tokens,
        "facts": model.facts,
        "deleted_at": None,
    }
    if row is not None and all(getattr(row, name) == value for name, value in told.items()):
        return None
    return Model(provider=provider, name=model.name, **told)
