"""How another answer to the same question differs from the one before: by its model, its settings, or what is told to it.

Each is a `Way` that `services.try_again` takes; alone it stands for the settings of now.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership
from apps.chat.answer_settings import Answering, Saved, read_saved
from apps.chat.history import Message
from apps.providers.presets import EFFORT_ORDER
from apps.providers.text_settings import EFFORTS
from apps.runs.bounds import longer_patience
from apps.runs.models import Run

THINKING: Final = "reasoning_effort"
LIMIT: Final = "max_completion_tokens"
RAISED_BY: Final = 2


class NoSuchWay(Exception):
    """It cannot be done so, or not any more. Its text is a sentence for the person."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Way:
    """`settings` and `messages` give what is asked with from what it would be else, `messages` with sentences for the person;
    `is_kept`: these settings hold for the next answers too. `turn`: fields of the answer's turn. `patience`: see `start_run`."""

    settings: Callable[[Saved], Saved] | None = None
    messages: Callable[[list[Message]], tuple[list[Message], Sequence[str]]] | None = None
    is_kept: bool = False
    turn: Mapping[str, Any] = field(default_factory=dict)
    patience: int | None = None


def with_model(membership: Membership, model_id: str, *, is_kept: bool) -> Way:
    """Another model, with the settings of now as far as it takes them."""

    def change(saved: Saved) -> Saved:
        changed = {**saved, "model": model_id}
        choice = read_saved(membership.team, changed, membership).choice
        if choice is None or str(choice.model.pk) != model_id:
            raise NoSuchWay(_("This model cannot answer here. Choose another one."))
        return changed

    return Way(change, is_kept=is_kept)


def with_more_thinking(membership: Membership, run: Run) -> Way:
    """One step more than the answer had, or than it would have now."""

    def change(saved: Saved) -> Saved:
        step = more_thinking(read_saved(membership.team, saved, membership), run)
        if not step:
            raise NoSuchWay(_("The model thinks as much as it can already."))
        return _with(saved, THINKING, step)

    return Way(change)


def more_thinking(answering: Answering, run: Run) -> str:
    """The next step of thinking, by the API's name; empty where the model has none."""
    if answering.choice is None or not answering.choice.facts.takes(THINKING):
        return ""
    bounds = answering.choice.facts.parameters[THINKING]
    steps = [name for name in EFFORT_ORDER if name in bounds.get("values", [])]
    had = run.params.get(THINKING) if run.model == answering.choice.model.name else None
    now = had or answering.parameters.get(THINKING) or bounds.get("default")
    if now not in steps:
        return steps[-1] if steps else ""
    return steps[steps.index(now) + 1] if now != steps[-1] else ""


def word_for(step: str) -> str:
    return str(dict(EFFORTS).get(step, step))


def with_raised_limit(membership: Membership, run: Run) -> Way:
    """Twice as long as the answer could be, or as long as the model can. It holds for the next answers too: they would be cut as well."""

    def change(saved: Saved) -> Saved:
        had = int(run.params.get(LIMIT) or 0)
        for limit in (had * RAISED_BY, _longest(membership, saved)):
            changed = _with(saved, LIMIT, limit)
            if limit > had and read_saved(membership.team, changed, membership).parameters.get(LIMIT) == limit:
                return changed
        raise NoSuchWay(_("The model gives no longer answers. Continue this one instead."))

    return Way(change, is_kept=True)


def with_patience(run: Run) -> Way:
    """The same, with more time for its answer to begin."""
    patience = longer_patience(run)
    if patience is None:
        raise NoSuchWay(_("This server waits no longer than it did. Try again, or choose another model."))
    return Way(patience=patience)


def _longest(membership: Membership, saved: Saved) -> int:
    choice = read_saved(membership.team, saved, membership).choice
    if choice is None:
        return 0
    limits = [choice.facts.limits[name] for name in ("output", "context") if name in choice.facts.limits]
    return int(choice.facts.parameters.get(LIMIT, {}).get("max") or min(limits, default=0))


def _with(saved: Saved, name: str, value: Any) -> Saved:
    return {**saved, "parameters": {**(saved.get("parameters") or {}), name: value}}
