"""What the pages tell of a check: how far each model is, what it cost, its verdicts as a table or, of one row, as bars."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.moderation.models import PARENT, Batch, Check, Judging
from apps.moderation.rules import Limits, limits_of, may_change_limits
from apps.moderation.tables import LETTERS, Sums, Wanted, agreement, heads, lines_of, names_of, page_of, sums_of
from apps.moderation.verdicts import limit_lines
from apps.runs.models import FINAL, Run

RECEIPTS: Final = 10  # of one model, that are linked


def told_judgings(check: Check, limits: Limits) -> list[Judging]:
    """Each with `letter`, `sums`, `calls`, `cost` (None: not known), `is_free`, `is_nothing`, `receipts`, `missing`."""
    judgings = list(check.judgings.select_related("provider"))
    for number, judging in enumerate(judgings):
        tell(judging, check, limits, LETTERS[number] if len(judgings) > 1 else "")
    return judgings


def tell(judging: Any, check: Check, limits: Limits, letter: str = "") -> None:
    runs = Run.objects.filter(team=judging.team_id, parent_kind=PARENT, parent_id=judging.pk)
    ended = Q(status__in=FINAL)
    counted = runs.aggregate(
        calls=Count("pk"),
        spent=Sum("cost", filter=ended),
        unknown=Count("pk", filter=ended & Q(cost=None)),
        charged=Count("pk", filter=ended & ~Q(cost_kind__in=["free", "none"])),
        free=Count("pk", filter=Q(cost_kind="free")),
    )
    is_working = judging.state == Judging.State.WORKING  # then the page asks again and again, and counts nothing
    judging.sums = Sums(judging.done, 0, []) if is_working else sums_of(judging, limits)
    judging.letter, judging.calls = letter, counted["calls"]
    judging.cost = None if counted["unknown"] else counted["spent"] or Decimal(0)
    judging.is_free = bool(counted["free"]) and not counted["charged"]
    judging.is_nothing = not counted["charged"] and not counted["free"]
    judging.receipts = list(runs.order_by("pk").only("pk", "summary", "status")[:RECEIPTS])
    judging.missing = check.total - judging.sums.done
    judging.took = judging.finished_at - judging.created_at if judging.finished_at else None
    judging.failed = list(
        Batch.objects.filter(judging=judging).exclude(sentence="").order_by("first").values_list("sentence", flat=True)[:5]
    )


def page_context(membership: Membership, check: Check, query: QueryDict | dict[str, str]) -> dict[str, Any]:
    limits = limits_of(check.team)
    judgings = told_judgings(check, limits)
    context: dict[str, Any] = {
        "check": check,
        "judgings": judgings,
        "is_working": any(judging.state == Judging.State.WORKING for judging in judgings),
        "limits": limit_lines(limits, [name for judging in judgings for name in names_of(judging)]),
        "can_write": may(membership, Role.EDITOR),
        "can_limit": may_change_limits(membership),
        "is_one": check.total == 1,
    }
    if check.total == 1:
        return context | {"lines": lines_of(list(check.rows.all()[:1]), judgings, limits)}
    wanted = Wanted.of(query)
    words = {"row": _("Row"), "verdict": _("Verdict"), "category": _("Highest"), "score": _("Score")}
    context |= {
        "page": page_of(check, judgings, limits, wanted),
        "wanted": wanted,
        "heads": heads(wanted, words),
        "shows": _shows(wanted, judgings),
    }
    context["sorts"] = _sorts(wanted)
    if len(judgings) > 1:
        context["agree"], context["both"] = agreement(check, judgings, limits)
    return context


def _sorts(wanted: Wanted) -> list[tuple[str, str]]:
    """The same as the heads of the columns, for a phone, which has none."""
    found = [("row", _("By row")), ("verdict", _("Flagged first")), ("score", _("Highest score first")), ("category", _("By category"))]
    return found if wanted.sort in dict(found) else [*found, (wanted.sort, _("The other way round"))]


def _shows(wanted: Wanted, judgings: Sequence[Any]) -> list[tuple[str, str, str, bool]]:
    """The filters: name, words, address, and whether it is the one that is shown."""
    words = {"all": _("All"), "flagged": _("Flagged"), "clear": _("Nothing flagged")}
    if any(judging.missing for judging in judgings):
        words["missing"] = _("Not checked")
    if len(judgings) > 1:
        words["differ"] = _("Models differ")
    return [(name, text, wanted.address(show=name), wanted.show == name) for name, text in words.items()]
