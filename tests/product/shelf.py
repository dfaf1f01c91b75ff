"""Files as a team has them after a while, in a product's database: `python -m tests.product.shelf`, a child with the product's environment.

Examples, batches, documents, pictures and sound; here, at a provider, on the way, with mistakes, soon to leave. Made once.
"""

import datetime
import os
from typing import Any

MADE = "shelf"
ROWS: list[dict[str, Any]] = [
    {
        "name": "reply-examples-v2.jsonl",
        "purpose": "fine-tune",
        "size": 1_887_436,
        "details": {"examples": 212},
        "at": 0.02,
        "is_there": True,
    },
    {
        "name": "product-texts-batch.jsonl",
        "purpose": "batch",
        "size": 1_468_006,
        "details": {"requests": 640},
        "at": 0.1,
        "is_there": True,
        "is_used": True,
    },
    {"name": "interview-cafe.m4a", "kind": "sound", "size": 17_930_650, "details": {"seconds": 1122}, "at": 1},
    {
        "name": "glaze-handbook.pdf",
        "purpose": "user_data",
        "kind": "pdf",
        "size": 40_265_318,
        "copy": "coming",
        "received": 25_165_824,
        "at": 0,
    },
    {"name": "autumn-shelf.png", "kind": "picture", "size": 1_677_721, "details": {"width": 1024, "height": 1024}, "at": 1.1},
    {
        "name": "reply-examples.jsonl",
        "purpose": "fine-tune",
        "size": 1_782_579,
        "flaws": 1,
        "sentence": "Line 18 is not valid JSON",
        "at": 1.2,
    },
    {"name": "batch-results-oct.jsonl", "purpose": "batch_output", "size": 2_411_724, "at": 31, "is_there": True, "days": 5.5},
    {"name": "workshop-feedback-nov.csv", "kind": "table", "size": 14_336, "details": {"rows": 41, "columns": 6}, "at": 10},
    {"name": "old-terms.pdf", "purpose": "assistants", "kind": "pdf", "size": 900_000, "at": 90, "remote": "gone", "copy": "none"},
    {
        "name": "sent-too-late.jsonl",
        "purpose": "batch",
        "size": 900_000,
        "at": 12,
        "remote": "failed",
        "sentence": "The provider did not answer.",
    },
    {"name": "مرحبا بالعالم.jsonl", "size": 4_000, "at": 13},
    {"name": f"A name that goes on and on {'and on ' * 20}.jsonl", "size": 4_000, "at": 14, "remote": "waiting"},
    *({"name": f"letters-{number:02}.txt", "kind": "text", "size": 1_000 * number + 7, "at": 20 + number} for number in range(50)),
]


def furnish() -> None:
    from apps.accounts.models import Membership
    from apps.files.models import File
    from apps.providers.models import Provider

    member = Membership.objects.select_related("team", "user").get(role="owner")
    if File.objects.filter(key__startswith=MADE).exists():
        return
    provider = Provider.objects.filter(team=member.team, is_builtin=False, deleted_at=None).earliest("created_at")
    for number, row in enumerate(ROWS):
        _make(member, provider, number, dict(row))


def _make(member: Any, provider: Any, number: int, row: dict[str, Any]) -> None:
    from django.utils import timezone

    from apps.files.models import File, Use

    now = timezone.now()
    added, is_there, is_used, days = row.pop("at"), row.pop("is_there", False), row.pop("is_used", False), row.pop("days", None)
    if is_there:
        row |= {"remote": "there", "remote_id": f"file-9Kq2bT{number:05}x7Lw", "copy": "none"}
    if is_there or "remote" in row:
        row["provider"] = provider
    if days:
        row["expires_at"] = now + datetime.timedelta(days=days)
    facts = {"kind": "jsonl", "copy": "ready", "received": row["size"], "person": member.user}
    file = File.objects.create(team=member.team, key=f"{MADE} {number}", added_at=now - datetime.timedelta(days=added), **{**facts, **row})
    if is_used:
        Use.objects.create(
            file=file, what="batch", remote_id="batch_1", title="Product texts", status="in_progress", is_active=True, seen_at=now
        )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    furnish()
