"""A month of use in a product's database, for looking at: `python -m tests.product.month`, a child with the product's environment.

Calls on every day so far, some of which failed or have no price, a model that leaves, a provider that did not answer. Made once.
"""

import datetime
import os
import uuid
from decimal import Decimal
from typing import Any

MADE = "month of use"


def furnish() -> None:
    from django.utils import timezone

    from apps.accounts.models import Membership
    from apps.providers.models import Provider
    from apps.runs.models import Run

    member = Membership.objects.select_related("team", "user").get(role="owner")
    if Run.objects.filter(key__startswith=MADE).exists():
        return
    provider = Provider.objects.filter(team=member.team, is_builtin=False, deleted_at=None).earliest("created_at")
    now = timezone.localtime()
    common = {"team": member.team, "person": member.user, "provider": provider, "provider_label": provider.name, "fingerprint": "-"}
    Run.objects.bulk_create(_run(common, now, day, number) for day in range(1, now.day + 1) for number in range(day * 7 % 11 + 2))
    leaving = provider.models.earliest("pk")
    provider.models.filter(pk=leaving.pk).update(shutdown_date=now.date() + datetime.timedelta(days=40))
    Run.objects.filter(key=f"{MADE} {now.day} 0").update(model=leaving.name)
    Provider.objects.create(
        team=member.team,
        name="Shelf",
        base_url="http://127.0.0.1:9/v1",
        last_check_at=now,
        last_check={"ok": False, "kind": "unreachable", "models": 0, "ms": 5000},
    )


def _run(common: dict[str, Any], now: datetime.datetime, day: int, number: int) -> Any:
    from apps.core.ids import first_id_at
    from apps.runs.models import Run

    at = now.replace(day=day, hour=0, minute=1 + number)
    is_broken, is_erased, is_unpriced = number % 9 == 4, number % 9 == 5, number % 9 == 6
    return Run(
        id=uuid.UUID(int=first_id_at(at).int + uuid.uuid4().int % 2**76),
        key=f"{MADE} {day} {number}",
        operation="chat.reply",
        model="letter-writer",
        model_label="Letter writer",
        summary="" if is_erased else f"A letter to the harbour master, draft {number} of day {day}",
        status="failed" if is_broken else "completed",
        error_kind="rate_limited" if is_broken else "",
        erased_at=at if is_erased else None,
        queued_at=at,
        sent_at=at,
        finished_at=at,
        first_ms=210,
        total_ms=3100,
        usage={} if is_broken else {"input": 900 + 40 * day, "output": 300 + number},
        cost=None if is_unpriced else Decimal(0) if is_broken else Decimal("0.0113") * (day % 5 + 1),
        cost_kind="unknown" if is_unpriced else "none" if is_broken else "known",
        **common,
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    furnish()
