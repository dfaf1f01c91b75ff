"""Who did what to keys, roles, providers, people and data: the page, and all of it as a table."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import audit_listing
from apps.accounts.access import TeamRequest, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from rows.tables import MARK, as_csv


@require_GET
@requires(Role.ADMIN)
def audit(request: TeamRequest) -> HttpResponse:
    wish = {name: request.GET.get(name, "") for name in ("group", "person")}
    narrowed = {name: value for name, value in wish.items() if value}
    rows = audit_listing.entries_of(request.membership, **narrowed).select_related("person")
    entries, last = audit_listing.page_of(rows, request.GET.get("before", ""))
    for entry in entries:
        entry.words = audit_listing.act_words(entry)  # type: ignore[attr-defined]  # for the table alone
        entry.detail_words = audit_listing.detail_words(entry)  # type: ignore[attr-defined]  # the same
    older = f"{reverse('accounts:audit')}?{urlencode({**narrowed, 'before': str(last.pk)})}" if last else ""
    context = {
        "entries": entries,
        "older": older,
        "wish": wish,
        "is_narrowed": bool(narrowed),
        "groups": [(name, title) for name, (title, _prefixes) in audit_listing.GROUPS.items()],
        "people": [(str(person.pk), str(person)) for person in audit_listing.people_in(request.membership)],
    }
    return render(request, "accounts/audit.html", context)


@require_POST
@requires(Role.ADMIN)
def export(request: TeamRequest) -> HttpResponse:
    """All of it as CSV, for a spreadsheet; that somebody took it is in it the next time."""
    table = MARK + as_csv(audit_listing.as_table(audit_listing.entries_of(request.membership)))
    record(request.membership, "data.exported", target="audit.csv")
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response
