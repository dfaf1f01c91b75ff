"""What an answer has beside its words: the form that was asked for, likelihoods, and how long it thought.

The form stands in the turn, the rest in what was received (`Run.response`), of which only these parts are read, for all answers of a
page at once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from apps.chat.answer_forms import Formed, formed
from apps.runs import registry
from apps.runs.models import Run

FIRST: Final = "response__choices__0__"
PATHS: Final = ("turn__form", f"{FIRST}logprobs__content", "response__thinking_ms")


@dataclass(frozen=True, slots=True)
class Parts:
    form: Any = None
    likelihoods: Any = None
    thinking_ms: Any = None


def load_parts(runs: Iterable[Run]) -> None:
    """Put the parts beside the rows, as `parts`. One question."""
    runs = list(runs)
    rows = Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("pk", *PATHS) if runs else []
    found: dict[uuid.UUID, Parts] = {row[0]: Parts(*row[1:]) for row in rows}
    for run in runs:
        run.parts = found.get(run.pk, Parts())  # type: ignore[attr-defined]  # read by the filters of the templates


def parts_of(run: Run) -> Parts:
    if not hasattr(run, "parts"):
        load_parts([run])
    parts: Parts = run.parts  # type: ignore[attr-defined]  # put there above
    return parts


def seconds_of(run: Run) -> float | None:
    """How long the model thought, where it was seen."""
    told = parts_of(run).thinking_ms
    return told / 1000 if isinstance(told, int) and not isinstance(told, bool) and 0 < told < 10**9 else None


def form_of(run: Run) -> Formed | None:
    """The answer in the form that was asked for; None where it was none or nothing came whole."""
    if run.status != "completed" or run.finish_reason == "refusal":
        return None
    return formed(registry.get(run.operation).whole_text(run), parts_of(run).form)
