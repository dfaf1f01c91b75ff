"""The check before sending: a call waits until a model has said whether its text or pictures are flagged.

What is checked is what is new: the message, or the wish for a picture; and the pictures that go along, where the model takes pictures.
Each check is a run of its own, shown in History beside the call that waited for it.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.moderation.categories import in_words
from apps.moderation.models import Rules
from apps.moderation.operations import SafetyCheck
from apps.moderation.pictures import JPEG, Unusable, ready
from apps.moderation.reading import of_dict
from apps.moderation.rules import before_of, choice_of, flagged_by, limits_of, rules_of
from apps.providers.choices import ModelChoice
from apps.runs import registry
from apps.runs.files import NewFile
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.gates import GATE, Gate, Typed, hold_back, let_through
from apps.runs.models import ACTIVE, GateState, Run, RunFile
from apps.runs.services import TooManyRuns, start_run

STOP: Final = Rules.Before.STOP
BEGUN: Final = "begun"  # how many checks there are; not there before they were begun
UNREAD: Final = "unread"  # pictures that could not be looked at


class SafetyGate(Gate):
    def holds(self, run: Run, typed: Typed) -> bool:
        rules = Rules.objects.filter(team=run.team_id).first()
        return rules is not None and before_of(rules, typed.kind) != Rules.Before.OFF

    def begin(self, run: Run, typed: Typed) -> None:
        """A text at once. Pictures have to be made ready first, which is no work for a page that waits: `Deciding` does it."""
        choice = choice_of(rules_of(run.team))
        if choice is None or not _pictures(run, choice):
            _begin(run, typed, choice, [])
        else:
            publish_follow_up(GATE, run.pk)


def _pictures(run: Run, choice: ModelChoice) -> list[RunFile]:
    """Those that go along, where the model takes pictures."""
    return list(run.files.filter(role=RunFile.Role.INPUT).order_by("position")) if choice.facts.takes("image_url") else []


def _begin(run: Run, typed: Typed, choice: ModelChoice | None, pictures: Sequence[RunFile]) -> None:
    """The text and the first picture in one check, each other picture in one of its own. Without a model nothing can be checked.
    Raises TooManyRuns, and then nothing was begun."""
    files = [file for picture in pictures if (file := _as_sent(picture)) is not None]
    text = typed.text.strip()
    inputs = [("" if number else text, [file]) for number, file in enumerate(files)] or [(text, [])] * bool(text)
    begun = inputs if choice is not None else []
    with transaction.atomic():
        for number, (words, along) in enumerate(begun):
            _check(run, choice, words, along, number)
        told = {BEGUN: len(begun), UNREAD: len(pictures) - len(files)}
        Run.objects.filter(pk=run.pk, gate=GateState.WAITING).update(gate_told=told)
        run.gate_told = told
        if not begun:
            publish_follow_up(GATE, run.pk)


def _as_sent(picture: RunFile) -> NewFile | None:
    """None for one that cannot be read."""
    try:
        with picture.file.storage.open(str(picture.file.name), "rb") as stored:
            return NewFile("input", "image-1.jpg", JPEG, ready(stored, picture.name).content)
    except (Unusable, OSError):
        return None


def _check(run: Run, choice: ModelChoice | None, text: str, files: Sequence[NewFile], number: int) -> None:
    if choice is None:
        return
    start_run(
        team=run.team,
        person=run.person,
        operation=SafetyCheck.name,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        params={"input": text},
        files=files,
        key=f"gate-{run.pk.hex}-{number}",
        parent=(GATE, run.pk),
    )


class Deciding(FollowUp):
    """When the checks of a call have ended it is sent, or not."""

    kind: ClassVar[str] = GATE

    def work(self, pk: uuid.UUID) -> None:
        run = Run.objects.select_related("team", "person").filter(pk=pk, status="queued", gate=GateState.WAITING).first()
        if run is None:
            return
        if BEGUN not in run.gate_told and not self._has_begun(run):
            return
        checks = list(Run.objects.filter(parent_kind=GATE, parent_id=pk).order_by("pk"))
        if not any(check.is_active for check in checks):
            _decide(run, checks)

    def _has_begun(self, run: Run) -> bool:
        """Begins with pictures. False while the person has no room for more calls: the sweeper comes by again."""
        operation, choice = registry.find(run.operation), choice_of(rules_of(run.team))
        typed = operation.typed(run.params) if operation else None
        try:
            _begin(run, typed or Typed("", ""), choice, _pictures(run, choice) if choice else [])
        except TooManyRuns:
            return False
        return True

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        under_way = Run.objects.filter(parent_kind=GATE, parent_id=OuterRef("pk"), status__in=ACTIVE)
        waiting = Run.objects.filter(~Exists(under_way), status="queued", gate=GateState.WAITING)
        return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def _decide(run: Run, checks: Sequence[Run]) -> None:
    rules = rules_of(run.team)
    operation = registry.find(run.operation)
    typed = operation.typed(run.params) if operation else None
    before = before_of(rules, typed.kind) if typed else Rules.Before.OFF
    flagged, failure = _flagged(run, checks), _failure(run, rules, typed, checks)
    told = {"flagged": flagged}
    with transaction.atomic():
        if flagged and before == STOP:
            _stop(run, told, _("Stopped before sending: flagged for %(names)s.") % {"names": in_words(flagged)})
        elif flagged:
            notice = _("Flagged before sending: %(names)s. Your team only warns, so it was sent.") % {"names": in_words(flagged)}
            let_through(run, GateState.WARNED, told, notice)
        elif failure and rules.otherwise == Rules.Otherwise.STOP and before != Rules.Before.OFF:
            _stop(run, told, _("Not sent, because the check before sending did not work: %(why)s") % {"why": failure})
        elif failure:
            notice = _("The check before sending did not work, so this was sent without it: %(why)s") % {"why": failure}
            let_through(run, GateState.UNCHECKED, told, notice)
        else:
            let_through(run, GateState.PASSED, told)


def _stop(run: Run, told: dict[str, list[str]], sentence: str) -> None:
    """In the audit by number and categories: it outlives the words."""
    if not hold_back(run, told, sentence):
        return
    operation = registry.find(run.operation)
    who = Membership.objects.select_related("user").filter(team=run.team_id, user=run.person_id).first()
    if who is not None:
        record(who, "safety.stopped", target=str(operation.title) if operation else run.operation, run=str(run.pk), **told)


def _flagged(run: Run, checks: Sequence[Run]) -> list[str]:
    limits, found = limits_of(run.team), dict[str, float]()
    for check in checks:
        for kept in (check.response or {}).get("said", ()) if check.status == "completed" else ():
            said = of_dict(kept)
            names = flagged_by(said.flags, said.scores, limits)
            if said.is_flagged and not said.flags and not limits:
                names = [_("something that it does not name")]
            for name in names:
                found[name] = max(found.get(name, 0.0), said.scores.get(name, 0.0))
    return sorted(found, key=lambda name: -found[name])


def _failure(run: Run, rules: Rules, typed: Typed | None, checks: Sequence[Run]) -> str:
    """Why something that had to be checked was not; empty when all of it was."""
    failed = next((check for check in checks if check.status != "completed"), None)
    if failed is not None:
        return str(failed.error.get("sentence") or failed.get_status_display())
    if run.gate_told.get(UNREAD):
        return _("A picture cannot be read.")
    if not checks and typed is not None and typed.text.strip():
        return _("No model of this team can do it.") if choice_of(rules) is None else _("It was not asked.")
    return ""
