"""History as a table for spreadsheets, in pieces: however many rows there are, only one batch of them is in memory."""

import datetime
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce, NullIf, Substr
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.runs import registry
from apps.runs.forms import newest_ids
from apps.runs.models import CostKind, Run, Status
from apps.runs.transitions import RunQuerySet
from rows.tables import MARK, as_csv

BATCH: Final = 500
MOST_LETTERS: Final = 32_000  # a cell of a spreadsheet takes 32,767
in_thread = sync_to_async(thread_sensitive=False)

COLUMNS: Final[dict[str, Any]] = {
    "pk": _("Number"),
    "queued_at": _("When (UTC)"),
    "who": _("Person"),
    "operation": _("Page"),
    "provider_label": _("Provider"),
    "model": _("Model"),
    "status": _("State"),
    "first_ms": _("First word (ms)"),
    "total_ms": _("Total (ms)"),
    "usage": _("Tokens in"),
    "usage.cached": _("Tokens cached"),
    "usage.output": _("Tokens out"),
    "usage.thinking": _("Tokens thinking"),
    "cost": _("Cost (US dollars)"),
    "cost_kind": _("Cost is"),
    "error_kind": _("What went wrong"),
    "request_id": _("Request id"),
    "asked": _("Asked"),
    "answer": _("Answer (first 32,000 characters)"),
}
READ: Final = [name for name in COLUMNS if "." not in name]


async def csv_of(runs: RunQuerySet, states: tuple[str, ...], membership: Membership) -> AsyncIterator[bytes]:
    """The file, piece by piece. It ends early for somebody who may not read any more."""
    yield MARK + as_csv([[str(heading) for heading in COLUMNS.values()]])
    last: Any = None
    while True:
        rows = await in_thread(read_batch)(runs, states, membership, last)
        if not rows:
            return
        last = rows[-1]["pk"]
        yield as_csv(cells_of(row) for row in rows)


def read_batch(runs: RunQuerySet, states: tuple[str, ...], membership: Membership, after: Any) -> Sequence[dict[str, Any]]:
    """The next rows, newest first; none for somebody whose membership has ended meanwhile."""
    close_old_connections()
    try:
        current = Membership.objects.alive().filter(pk=membership.pk).select_related("team").first()
        if current is None:
            return []
        still_there = visible(current, runs)
        older = still_there if after is None else still_there.filter(pk__lt=after)
        who = Coalesce(NullIf("person__name", Value("")), "person__email", Value(""), output_field=TextField())
        words = kept_words() if current.team.keeps_content else {"asked": Value("", TextField()), "answer": Value("", TextField())}
        batch = Run.objects.filter(pk__in=newest_ids(older, states, BATCH)).order_by("-pk")
        return list(batch.annotate(who=who, **words).values(*READ, "erased_at"))
    finally:
        close_old_connections()


def kept_words() -> dict[str, Any]:
    return {"asked": F("summary"), "answer": Substr("text", 1, MOST_LETTERS, output_field=TextField())}


def cells_of(row: dict[str, Any]) -> list[Any]:
    """One line. What was erased, or is only kept for the page it belongs to, is empty."""
    usage, cost = row["usage"], row["cost"]
    operation = registry.find(row["operation"])
    is_priced = row["cost_kind"] in {CostKind.KNOWN, CostKind.ESTIMATED}
    made = {
        "queued_at": row["queued_at"].astimezone(datetime.UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00"),
        "operation": str(operation.title) if operation else row["operation"],
        "status": str(Status(row["status"]).label),
        "usage": usage.get("input", ""),
        **{f"usage.{name}": usage.get(name, "") for name in ("cached", "output", "thinking")},
        "cost": format(cost, "f") if is_priced and cost is not None else "",
        "cost_kind": str(CostKind(row["cost_kind"]).label),
        **({"asked": "", "answer": ""} if row["erased_at"] else {}),
    }
    return [made.get(name, row.get(name)) for name in COLUMNS]
