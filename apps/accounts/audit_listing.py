"""The audit as people read it: narrowed, in pages, with its details in words."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from apps.accounts.access import visible
from apps.accounts.audit import ACTS
from apps.accounts.models import AuditEntry, Membership, Role, User
from apps.core.listing import as_id

PAGE = 50
# The words before the dot in the names of acts. What stands in no group is found under "everything".
GROUPS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "people": (gettext_lazy("People and roles"), ("invitation", "role", "member", "password", "email")),
    "team": (gettext_lazy("The team"), ("team",)),
    "providers": (gettext_lazy("Providers, keys, models"), ("provider", "key", "model")),
    "data": (gettext_lazy("Data"), ("data",)),
    "chats": (gettext_lazy("Chats and functions"), ("chat", "function")),
    "safety": (gettext_lazy("Check before sending"), ("safety",)),
}
DETAILS: Final[dict[str, Any]] = {
    "role": gettext_lazy("as %s"),
    "days": ngettext_lazy("valid for %d day", "valid for %d days"),
    "by": gettext_lazy("invited by %s"),
    "flagged": gettext_lazy("flagged for %s"),
    "run": gettext_lazy("call %s"),
}


def entries_of(membership: Membership, *, group: str = "", person: str = "") -> QuerySet[AuditEntry]:
    """The entries of the team, newest first. What cannot be a filter narrows to nothing."""
    rows = visible(membership, AuditEntry.objects.order_by("-pk"))
    if group:
        _title, prefixes = GROUPS.get(group, ("", ()))
        acts = Q(pk__in=[])
        for prefix in prefixes:
            acts |= Q(act__startswith=f"{prefix}.")
        rows = rows.filter(acts)
    if person:
        rows = rows.filter(person=as_id(person))
    return rows


def page_of(rows: QuerySet[AuditEntry], before: str = "") -> tuple[list[AuditEntry], AuditEntry | None]:
    """One page, with the entry to go on from. By id, so that what is written meanwhile shifts nothing."""
    if before:
        rows = rows.filter(pk__lt=as_id(before))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None


def people_in(membership: Membership) -> QuerySet[User]:
    """Everybody who has an entry, also if he has left."""
    acted = visible(membership, AuditEntry.objects.all()).values("person")
    return User.objects.filter(pk__in=acted).order_by("name", "email")


def act_words(entry: AuditEntry) -> str:
    return str(ACTS.get(entry.act, entry.act))


def detail_words(entry: AuditEntry) -> str:
    """`from Editor to Admin`, `as Viewer, valid for 7 days`."""
    details = dict(entry.details) if isinstance(entry.details, dict) else {}
    words = []
    if "before" in details or "after" in details:
        before, after = _value(details.pop("before", "")), _value(details.pop("after", ""))
        words.append(_("from %(before)s to %(after)s") % {"before": before or _("nothing"), "after": after or _("nothing")})
    for name in sorted(details, key=_place_of):  # PostgreSQL does not keep the order in which they were written
        value = details[name]
        if value not in ("", None, [], {}):
            words.append(_detail(name, value))
    return ", ".join(words)


def _detail(name: str, value: Any) -> str:
    said = value if isinstance(value, int) and not isinstance(value, bool) else _value(value)  # a number decides between one and many
    return str(DETAILS[name] % said) if name in DETAILS else f"{_name(name)}: {_value(value)}"


def _place_of(name: str) -> int:
    return list(DETAILS).index(name) if name in DETAILS else len(DETAILS)


def _name(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{_name(str(name))}: {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return str(dict(Role.choices).get(value, value)) if isinstance(value, str) else str(value)


def as_table(rows: QuerySet[AuditEntry]) -> Iterator[Sequence[str]]:
    """The lines of a table for a spreadsheet, headings first."""
    yield (_("When (UTC)"), _("Who"), _("What"), _("To what"), _("Details"))
    for row in rows.iterator(chunk_size=1000):
        moment = row.created_at.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
        yield (moment, row.person_label, act_words(row), row.target, detail_words(row))
