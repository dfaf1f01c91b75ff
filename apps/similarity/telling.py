"""What is told of a side: how far it is, what it cost, and what was found, in a sentence."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.runs.costs import spent_on
from apps.runs.models import Run
from apps.similarity.claiming import vectors_of
from apps.similarity.finding import Findings
from apps.similarity.models import PARENT, Finding, Row, Side
from apps.similarity.texts import Texts

MOST_RUNS: Final = 200  # receipts that a page lists
CUT: Final = 60


def with_progress(sides: Sequence[Side]) -> list[Side]:
    """Each with `done` and `total` (texts), `calls`, `receipts`, `spent`, `notices`, `took`."""
    for side in sides:
        _tell_calls(side)
        _tell_texts(side)
        _tell_time(side)
    return list(sides)


def _tell_texts(side: Any) -> None:
    side.total = side.done = side.set.different
    if side.state != Side.State.READY:
        texts = Row.objects.filter(set=side.set_id).values("digest")
        side.done = vectors_of(side).exclude(packed=None).filter(digest__in=texts).count()
    side.found = set(side.findings.values_list("kind", flat=True))


def _tell_calls(side: Any) -> None:
    runs = Run.objects.filter(team=side.set.team_id, parent_kind=PARENT, parent_id=side.pk)
    side.calls = runs.count()
    side.receipts = list(runs.only("id", "status", "summary", "notices").order_by("id")[:MOST_RUNS])
    side.notices = list(dict.fromkeys(notice for run in side.receipts for notice in run.notices))
    side.spent = spent_on(runs)


def _tell_time(side: Any) -> None:
    side.took = side.finished_at - side.created_at if side.finished_at and not side.tries else None
    side.began = int(side.created_at.timestamp() * 1000) if side.is_active else None
    side.passed = int((timezone.now() - side.created_at).total_seconds()) if side.is_active else 0


def sentence_of(findings: Findings, texts: Texts, places: Sequence[int]) -> str:
    """“Most alike: row 3 and row 9 (0.91). Stands alone: row 7.” Nothing before that is known."""
    told = findings.told.get(Finding.Kind.NEAREST)
    if told is None:
        return ""
    parts = []
    if told["pair"]:
        first, second, cosine = told["pair"]
        names = texts.names([places[first], places[second]])
        parts.append(
            _("Most alike: %(first)s and %(second)s (%(value)s).") % {"first": names[0], "second": names[1], "value": f"{cosine:.2f}"}
        )
    if told["alone"]:
        parts.append(_("Stands alone: %(row)s.") % {"row": texts.names([places[told["alone"][0]]])[0]})
    elif told["pair"]:
        parts.append(_("None stands alone."))
    return " ".join(parts)


def groups_sentence(findings: Findings) -> str:
    told = findings.told.get(Finding.Kind.GROUPS)
    if told is None:
        return ""
    count = len(told["sizes"])
    if count == 1:
        return _("All rows make one group.") if told["wish"] else _("The rows make no groups: all are about as near to each other.")
    return ngettext("The rows make %(n)s group.", "The rows make %(n)s groups.", count) % {"n": count}


def agreement_sentence(sides: Sequence[Side]) -> str:
    """“They agree on 17 of 20 nearest.”"""
    found = Finding.objects.filter(side__in=sides, kind=Finding.Kind.AGREEMENT).first()
    if found is None or not found.told.get("of"):
        return ""
    return _("They agree on %(same)s of %(of)s nearest.") % {"same": f"{found.told['same']:,}", "of": f"{found.told['of']:,}"}


def cut(text: str, most: int = CUT) -> str:
    """One line of it, not too long."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
