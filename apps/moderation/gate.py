"""The check before sending: a call waits until a model has said whether its text or pictures are flagged.

What is checked is what this chat or page was not checked for before: the message, the instructions, messages from before the check was
switched on, the description of a picture; and the pictures that go along. What cannot be looked at counts as a check that failed.
Each check is a run of its own, shown in History beside the call that waited for it; it ends with that call, and by nobody's Stop.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.moderation.categories import in_words
from apps.moderation.cutting import Sized, parts_of, spans
from apps.moderation.models import Rules
from apps.moderation.operations import SafetyCheck
from apps.moderation.pictures import JPEG, Unusable, ready
from apps.moderation.reading import Said, of_dict
from apps.moderation.rules import before_of, choice_of, flagging, limits_of, rules_of
from apps.providers.choices import ModelChoice
from apps.runs import registry
from apps.runs.files import NewFile
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.gates import GATE, Gate, Typed, hold_back, let_through
from apps.runs.models import ACTIVE, GateState, Run, RunFile
from apps.runs.services import start_run

BEGUN: Final = "begun"  # how many checks there are; not there before they were begun
UNREAD: Final = "unread"  # why something was not looked at at all
SEEN: Final = "seen"  # digests of the texts that were looked at


class SafetyGate(Gate):
    def holds(self, run: Run, typed: Typed) -> bool:
        rules = Rules.objects.filter(team=run.team_id).first()
        return rules is not None and before_of(rules, typed.kind) != Rules.Before.OFF

    def begin(self, run: Run, typed: Typed) -> None:
        """A text at once. Pictures have to be made ready first, which is no work for a page that waits: `Deciding` does it."""
        pictures = _pictures(run)
        if pictures:
            publish_follow_up(GATE, run.pk)
        else:
            _begin(run, typed, choice_of(rules_of(run.team)), [])


def _inputs_of(run: Run) -> list[RunFile]:
    return list(run.files.filter(role=RunFile.Role.INPUT).order_by("position"))


def _pictures(run: Run) -> list[RunFile]:
    """Those that no earlier call of the same chat was checked for: a picture of a chat goes along with each of its calls."""
    pictures = [each for each in _inputs_of(run) if each.content_type.startswith("image/")]
    seen = _seen_before(run) if pictures else set()
    return [each for each in pictures if digest_of(str(each.file.name)) not in seen]


def _begin(run: Run, typed: Typed, choice: ModelChoice | None, pictures: Sequence[RunFile]) -> None:
    """All that was not looked at before, in as few checks as the model takes; nothing for a call that was stopped."""
    texts = unseen(run, typed)
    files, why = _as_sent(pictures, choice)
    if any(not picture.content_type.startswith("image/") for picture in _inputs_of(run)):
        why = why or _("A PDF or a recording goes along, which nothing can look at.")
    if choice is None:
        why = _("No model of this team can do it.") if texts or pictures else ""
    asked = list(_inputs(texts, files, choice)) if choice is not None else []
    told = {BEGUN: len(asked), UNREAD: why, SEEN: [digest_of(text) for text in [*texts, *(str(each.file.name) for each in pictures)]]}
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk, status="queued", gate=GateState.WAITING).update(gate_told=told):
            return  # it was stopped a moment ago, and its checks with it
        if choice is not None:
            for number, (words, along) in enumerate(asked):
                _check(run, choice, words, along, number)
        run.gate_told = told
        if not asked:
            publish_follow_up(GATE, run.pk)


def unseen(run: Run, typed: Typed) -> list[str]:
    """The texts that no earlier call of the same chat or page was checked for, each once."""
    seen = _seen_before(run)
    written = {digest_of(text): text.strip() for text in typed.texts if text.strip()}
    return [text for digest, text in written.items() if digest not in seen]


def _seen_before(run: Run) -> set[str]:
    if run.parent_id is None:
        return set()
    before = Run.objects.filter(parent_kind=run.parent_kind, parent_id=run.parent_id, gate=GateState.PASSED)
    return {digest for told in before.values_list("gate_told", flat=True) for digest in told.get(SEEN, ())}


def digest_of(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:32]


def _inputs(texts: Sequence[str], files: Sequence[NewFile], choice: ModelChoice) -> Iterator[tuple[Any, list[NewFile]]]:
    """What each check is asked: a single text together with the first picture, each other picture by itself."""
    texts = [part for text in texts for part in parts_of(text, choice.facts)]
    together = len(texts) == 1
    for number, file in enumerate(files):
        yield texts[0] if together and not number else "", [file]
    if together and files:
        return
    for first, last in spans((Sized(at, len(text), has_picture=False) for at, text in enumerate(texts, 1)), choice.facts):
        yield texts[first - 1] if first == last else list(texts[first - 1 : last]), []


def _as_sent(pictures: Sequence[RunFile], choice: ModelChoice | None) -> tuple[list[NewFile], str]:
    """As the model takes them, and why some of them cannot be looked at."""
    if choice is None or not pictures:
        return [], ""
    if not choice.facts.takes("image_url"):
        return [], _("%(model)s looks at no pictures.") % {"model": choice.label}
    files = [file for picture in pictures if (file := _read(picture)) is not None]
    return files, "" if len(files) == len(pictures) else _("A picture cannot be read.")


def _read(picture: RunFile) -> NewFile | None:
    try:
        with picture.file.storage.open(str(picture.file.name), "rb") as stored:
            return NewFile("input", "image-1.jpg", JPEG, ready(stored, picture.name).content)
    except (Unusable, OSError):
        return None


def _check(run: Run, choice: ModelChoice, words: Any, files: Sequence[NewFile], number: int) -> None:
    start_run(
        team=run.team,
        person=run.person,
        operation=SafetyCheck.name,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        params={"input": words},
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
        rules, typed = rules_of(run.team), _typed_of(run)
        if BEGUN not in run.gate_told:
            _begin(run, typed, choice_of(rules), _pictures(run))
        checks = list(Run.objects.filter(parent_kind=GATE, parent_id=pk).order_by("pk"))
        if not any(check.is_active for check in checks):
            _decide(run, rules, before_of(rules, typed.kind), checks)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        under_way = Run.objects.filter(parent_kind=GATE, parent_id=OuterRef("pk"), status__in=ACTIVE)
        waiting = Run.objects.filter(~Exists(under_way), status="queued", gate=GateState.WAITING)
        # In any order: those with which something is wrong would stand before all others each time.
        return list(waiting.order_by("?").values_list("pk", flat=True)[:limit])


def _typed_of(run: Run) -> Typed:
    operation = registry.find(run.operation)
    return (operation.typed(run.params) if operation else None) or Typed("", ())


def _decide(run: Run, rules: Rules, before: str, checks: Sequence[Run]) -> None:
    flagged, failure = _flagged(run, checks), _failure(run, checks)
    told = {SEEN: run.gate_told.get(SEEN, []), "flagged": flagged}
    is_cut_off = any(check.status == "cancelled" for check in checks)
    with transaction.atomic():
        if before == Rules.Before.OFF:
            let_through(run, GateState.UNCHECKED, {"flagged": flagged}, _("The check before sending was switched off meanwhile."))
        elif flagged and before == Rules.Before.STOP:
            _stop(run, told, _("Stopped before sending: flagged for %(names)s.") % {"names": in_words(flagged)})
        elif is_cut_off or (failure and rules.otherwise == Rules.Otherwise.STOP):
            _stop(run, told, _("Not sent, because the check before sending did not work: %(why)s") % {"why": failure})
        elif flagged:
            notice = _("Flagged before sending: %(names)s. Your team only warns, so it was sent.") % {"names": in_words(flagged)}
            let_through(run, GateState.WARNED, told, notice)
        elif failure:
            notice = _("The check before sending did not work, so this was sent without it: %(why)s") % {"why": failure}
            let_through(run, GateState.UNCHECKED, {"flagged": flagged}, notice)
        else:
            let_through(run, GateState.PASSED, told)


def _stop(run: Run, told: Mapping[str, Any], sentence: str) -> None:
    """In the audit by number and categories: it outlives the words."""
    if not hold_back(run, dict(told), sentence):
        return
    operation = registry.find(run.operation)
    who = Membership.objects.select_related("user").filter(team=run.team_id, user=run.person_id).first()
    if who is not None:
        target = str(operation.title) if operation else run.operation
        record(who, "safety.stopped", target=target, run=str(run.pk), flagged=told["flagged"])


def _said(checks: Sequence[Run]) -> list[Said]:
    done = [check for check in checks if check.status == "completed"]
    return [of_dict(kept) for check in done for kept in (check.response or {}).get("said", ())]


def _flagged(run: Run, checks: Sequence[Run]) -> list[str]:
    """Categories, highest first."""
    limits, scores = limits_of(run.team), dict[str, float]()
    for said in _said(checks):
        found = flagging(said, said.flags, limits)
        for name in found.names or [_("something that it does not name")] * found.is_flagged:
            scores[name] = max(scores.get(name, 0.0), said.scores.get(name, 0.0))
    return sorted(scores, key=lambda name: -scores[name])


def _failure(run: Run, checks: Sequence[Run]) -> str:
    """Why something that had to be looked at was not; empty when all of it was."""
    failed = next((check for check in checks if check.status != "completed"), None)
    if failed is not None:
        return str(failed.error.get("sentence") or failed.get_status_display())
    if run.gate_told.get(UNREAD):
        return str(run.gate_told[UNREAD])
    if any(not (check.response or {}).get("said") for check in checks):
        return _("What it said is not kept any more.")
    if not all(said.is_assessed for said in _said(checks)):
        return _("The model cannot judge all of it.")
    return ""
