"""Keeps the lines of the fact table that ship with the product as model_facts.json says.

Runs after every migrate, so that an upgrade brings new lines without a migration of its own. Lines
of a team are never touched: they are laid over these.
"""

import json
import pathlib
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.apps import apps as installed
from django.db import transaction

SOURCE = pathlib.Path(__file__).parent / "model_facts.json"
CONTENT = ("endpoints", "parameters", "limits", "prices", "label", "note")


def load_shipped_facts(using: str = "default", apps: Any = installed, **kwargs: Any) -> None:
    """Add, change and remove shipped lines until the table equals the file. Receiver of `post_migrate`."""
    try:
        table = apps.get_model("providers", "ModelFact")
    except LookupError:  # migrated back to before the table
        return
    wanted = {(line["provider_pattern"], line["model_pattern"]): line for line in shipped_lines()}
    rows = table.objects.using(using).filter(team=None)
    with transaction.atomic(using=using):
        for row in rows:
            line = wanted.pop((row.provider_pattern, row.model_pattern), None)
            if line is None:
                row.delete()
            elif any(getattr(row, name) != line[name] for name in CONTENT):
                for name in CONTENT:
                    setattr(row, name, line[name])
                row.save(using=using)
        table.objects.using(using).bulk_create([table(**line) for line in wanted.values()])


def shipped_lines() -> Iterator[dict[str, Any]]:
    """The file as rows. "provider" and "model" may be lists: one row for each pair."""
    empty: dict[str, Any] = {"endpoints": [], "parameters": {}, "limits": {}, "prices": {}, "label": "", "note": ""}
    for line in json.loads(SOURCE.read_text(encoding="utf-8")):
        content = {**empty, **{name: line[name] for name in CONTENT if name in line}}
        for provider_pattern, model_pattern in product(_as_list(line["provider"]), _as_list(line["model"])):
            yield {"provider_pattern": provider_pattern, "model_pattern": model_pattern, **content}


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
