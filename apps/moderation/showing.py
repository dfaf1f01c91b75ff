"""What the pages tell of a check: how far each model is, what it cost, its verdicts as a table or, of one row, as bars."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.moderation.models import PARENT, Batch, Check, Judging
from apps.moderation.rules import Limits, limits_of, may_change_limits
from apps.moderation.summing import agreement, categories_of, sums_of, total_of
from apps.moderation.tables import LETTERS, Wanted, heads, lines_of, names_of, page_of
from apps.moderation.verdicts import limit_lines
from apps.providers.choices import ModelChoice, models_for
from apps.runs.costs import spent_on
from apps.runs.explanations import explain
from apps.runs.models import Run, Status

RECEIPTS: Final = 10  # of one model, that are linked
STEPS: Final = (0, 25, 50, 75)  # percent that are said; the end is said by itself
FAILED: Final = (Status.FAILED, Status.UNKNOWN)


def told_judgings(check: Check, limits: Limits) -> list[Judging]:
    """Each with `letter`, `sums`, `calls`, `spent`, `receipts`, `missing`, `failure`."""
    judgings = list(check.judgings.select_related("provider"))
    for number, judging in enumerate(judgings):
        tell(judging, check, limits, LETTERS[number] if len(judgings) > 1 else "")
    return judgings


def tell(judging: Any, check: Check, limits: Limits, letter: str = "") -> None:
    runs = Run.objects.filter(team=judging.team_id, parent_kind=PARENT, parent_id=judging.pk)
    judging.letter, judging.sums, judging.calls = letter, sums_of(judging, check, limits), runs.count()
    judging.spent = spent_on(runs)
    judging.receipts = list(runs.order_by("pk").only("pk", "summary", "status")[:RECEIPTS])
    judging.missing = check.total - judging.sums.done
    judging.failure = _failure(judging, runs)
    judging.may_go = judging.state == Judging.State.FAILED and not judging.sums.done
    judging.took = judging.finished_at - judging.created_at if judging.finished_at else None
    judging.failed = list(
        Batch.objects.filter(judging=judging).exclude(sentence="").order_by("first").values_list("sentence", flat=True)[:5]
    )


def _failure(judging: Any, runs: Any) -> Any:
    """What happened, what it means and what to do, where calls failed and nothing came of the others."""
    if judging.state != Judging.State.FAILED or judging.sums.done:
        return None
    failed = runs.filter(status__in=FAILED).select_related("person").order_by("-pk").first()
    return explain(failed) if failed else None


def page_context(membership: Membership, check: Check, query: QueryDict | dict[str, str]) -> dict[str, Any]:
    limits, wanted = limits_of(check.team), Wanted.of(query)
    judgings = told_judgings(check, limits)
    context = _shared(membership, check, judgings, wanted)
    context |= {
        "limits": limit_lines(limits, [name for judging in judgings for name in names_of(judging)]),
        "others": others_for(membership, check, judgings),
        "step": -1,
    }
    if check.total == 1:
        return context | {"lines": lines_of(list(check.rows.all()[:1]), judgings, limits)}
    words = {"verdict": _("Verdict"), "category": _("Highest"), "score": _("Score")}
    for number, judging in enumerate(judgings):
        judging.heads = heads(wanted, words, number)
    context |= {
        "page": page_of(check, judgings, limits, wanted, total_of(check, judgings, limits, wanted), categories_of(check, judgings)),
        "row_head": heads(wanted, {"row": _("Row")})["row"],
        "shows": _shows(wanted, judgings),
        "sides": [(judging, wanted.address(by=str(number)), number == wanted.by) for number, judging in enumerate(judgings)],
    }
    context["sorts"] = _sorts(wanted)
    if len(judgings) > 1:
        context["agree"], context["both"] = agreement(check, judgings, limits)
    return context


def progress_context(membership: Membership, check: Check, query: QueryDict | dict[str, str]) -> dict[str, Any]:
    """What a page that waits asks again and again: how far each model is. Of the table and of the verdicts nothing."""
    judgings = told_judgings(check, {})
    context = _shared(membership, check, judgings, Wanted.of(query))
    return context | {"others": [], **_announced(str(query.get("said", "")), judgings, check.total)}


def _shared(membership: Membership, check: Check, judgings: list[Any], wanted: Wanted) -> dict[str, Any]:
    return {
        "check": check,
        "judgings": judgings,
        "wanted": wanted,
        "is_working": any(judging.state == Judging.State.WORKING for judging in judgings),
        "can_write": may(membership, Role.EDITOR),
        "can_limit": may_change_limits(membership),
        "is_one": check.total == 1,
    }


def _announced(said: str, judgings: Sequence[Any], total: int) -> dict[str, Any]:
    """What is said to people who do not see the bars: each quarter once. `said`: the quarter that was said last, -1 for none."""
    before = int(said) if said in {"-1", *map(str, STEPS)} else -1
    most = total * len(judgings)
    percent = 100 * sum(judging.sums.done for judging in judgings) // most if most else 0
    step = max(each for each in STEPS if each <= percent)
    return {"step": max(step, before), "announced": _("%(n)s percent checked") % {"n": step} if step > before else ""}


def ending_of(judgings: Sequence[Any]) -> str:
    """The end, for the same people."""
    if all(judging.state == Judging.State.READY for judging in judgings):
        return _("Everything is checked.")
    return " ".join(str(judging.sentence) for judging in judgings if judging.sentence)


def others_for(membership: Membership, check: Check, judgings: Sequence[Judging]) -> list[ModelChoice]:
    """Models that could check the same rows: beside one, or in the place of one that failed."""
    if not check.total or not may(membership, Role.EDITOR):
        return []
    used = {(judging.provider_id, judging.model) for judging in judgings}
    fresh = [each for each in models_for(membership.team, "moderation", membership) if (each.provider.pk, each.model.name) not in used]
    return [each for each in fresh if not check.has_pictures or each.facts.takes("image_url")]


def _sorts(wanted: Wanted) -> list[tuple[str, str]]:
    """The same as the heads of the columns, for a phone, which has none."""
    found = [("row", _("By row")), ("verdict", _("Flagged first")), ("score", _("Highest score first")), ("category", _("By category"))]
    return found if wanted.sort in dict(found) else [*found, (wanted.sort, _("The other way round"))]


def _shows(wanted: Wanted, judgings: Sequence[Any]) -> list[tuple[str, str, str, bool]]:
    """The filters: name, words, address, and whether it is the one that is shown."""
    words = {"all": _("All"), "flagged": _("Flagged"), "clear": _("Nothing flagged")}
    if wanted.show == "unassessed" or any(judging.sums.unassessed for judging in judgings):
        words["unassessed"] = _("Not assessed")
    if wanted.show == "missing" or any(judging.missing for judging in judgings):
        words["missing"] = _("Not checked")
    if len(judgings) > 1:
        words["differ"] = _("Models differ")
    return [(name, text, wanted.address(show=name), wanted.show == name) for name, text in words.items()]
