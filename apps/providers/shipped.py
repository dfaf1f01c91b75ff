"""Keeps the lines of the fact table that ship with the product as model_facts.json says.

Runs after every migrate, so that an upgrade brings new lines without a migration of its own. Lines
of a team are never touched: they are laid over these.
"""

import datetime
import json
import pathlib
from collections.abc import Iterable
from itertools import product
from typing import Any

from django.apps import apps as installed
from django.db import transaction

SOURCE = pathlib.Path(__file__).parent / "model_facts.json"
EMPTY: dict[str, Any] = {
    "endpoints": [],
    "parameters": {},
    "limits": {},
    "prices": {},
    "label": "",
    "note": "",
    "shutdown_date": None,
    "replacement": "",
    "is_hidden": None,
    "is_favourite": None,
}


def load_shipped_facts(using: str = "default", apps: Any = installed, **kwargs: Any) -> None:
    """Add, change and remove shipped lines until the table equals the file. Receiver of `post_migrate`."""
    try:
        table = apps.get_model("providers", "ModelFact")
    except LookupError:  # migrated back to before the table
        return
    # Migrated back to an older state, the table may not have all columns yet.
    content = [name for name in EMPTY if name in {field.name for field in table._meta.get_fields()}]
    wanted = {(line["provider_pattern"], line["model_pattern"]): line for line in shipped_lines()}
    rows = table.objects.using(using).filter(team=None)
    with transaction.atomic(using=using):
        for row in rows:
            line = wanted.pop((row.provider_pattern, row.model_pattern), None)
            if line is None:
                row.delete()
            elif any(getattr(row, name) != line[name] for name in content):
                for name in content:
                    setattr(row, name, line[name])
                row.save(using=using)
        names = ("provider_pattern", "model_pattern", *content)
        table.objects.using(using).bulk_create([table(**{name: line[name] for name in names}) for line in wanted.values()])


def shipped_lines() -> Iterable[dict[str, Any]]:
    """The file as rows, one for each pair of patterns.

    "provider" and "model" may be lists: each pair of them is meant. What the file says of a pair in
    several places is one row, so that dates, prices and parameters can stand in sections of their own.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for line in json.loads(SOURCE.read_text(encoding="utf-8")):
        for pair in product(_as_list(line["provider"]), _as_list(line["model"])):
            row = rows.setdefault(pair, {**EMPTY, "provider_pattern": pair[0], "model_pattern": pair[1]})
            row.update({name: _joined(row[name], line[name]) for name in EMPTY if name in line})
            if isinstance(row["shutdown_date"], str):
                row["shutdown_date"] = datetime.date.fromisoformat(row["shutdown_date"])
    return rows.values()


def _joined(before: Any, now: Any) -> Any:
    return {**before, **now} if isinstance(before, dict) else now


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
