"""Files as a team has them after a while, in a product's database: `python -m tests.product.shelf`, a child with the product's environment.

Examples, batches, documents, pictures and sound; here, at a provider, on the way, with mistakes, soon to leave. Made once. A word makes
more: "reading" and "trouble" how it stands with the list of the provider, "room" a colleague in a team that has nothing yet.
"""

import datetime
import os
import sys
import uuid
from typing import Any

MADE = "shelf"
A_YEAR = datetime.timedelta(days=365)
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
    {
        "name": "kiln-film.mp4",
        "purpose": "user_data",
        "kind": "sound",
        "size": 40_265_318,
        "at": 15,
        "remote": "sending",
        "through": 25_165_824,
    },
    {
        "name": "old-answers.jsonl",
        "purpose": "batch",
        "size": 9_437_184,
        "at": 16,
        "is_there": True,
        "copy": "coming",
        "received": 4_194_304,
        "is_held": True,
    },
    {"name": "firing-log.csv", "kind": "table", "size": 9_437_184, "copy": "coming", "received": 2_097_152, "at": 17, "is_silent": True},
    *({"name": f"letters-{number:02}.txt", "kind": "text", "size": 1_000 * number + 7, "at": 20 + number} for number in range(50)),
]


def furnish() -> None:
    from django.utils import timezone

    from apps.accounts.access import visible
    from apps.accounts.models import Membership
    from apps.files.models import File
    from apps.providers.models import Provider

    member = Membership.objects.select_related("team", "user").get(role="owner")
    made = File.objects.filter(team=member.team, key__startswith=f"{MADE} ")
    others = File.objects.filter(team=member.team, deleted_at=None).exclude(pk__in=made)
    others.update(deleted_at=timezone.now())  # newer ones of tests would fill the page
    if visible(member, made).exists():
        return
    made.delete()  # everything of the team was deleted meanwhile, and they may still lie on the disk
    provider = Provider.objects.filter(team=member.team, is_builtin=False, deleted_at=None).earliest("created_at")
    for number, row in enumerate(ROWS):
        _make(member, provider, number, dict(row))


def _make(member: Any, provider: Any, number: int, row: dict[str, Any]) -> None:
    from django.utils import timezone

    from apps.files.models import File, Part, Use

    now = timezone.now()
    added, is_there, is_used, days = row.pop("at"), row.pop("is_there", False), row.pop("is_used", False), row.pop("days", None)
    if is_there:
        row = {"copy": "none"} | row | {"remote": "there", "remote_id": f"file-9Kq2bT{number:05}x7Lw"}
    if is_there or "remote" in row:
        row["provider"] = provider
    through, is_held, is_silent = row.pop("through", 0), row.pop("is_held", False), row.pop("is_silent", False)
    if is_held or through:
        row["lease_until"] = now + A_YEAR  # nobody works on it, so it stays as it is
    if days:
        row["expires_at"] = now + datetime.timedelta(days=days)
    facts = {"kind": "jsonl", "copy": "ready", "received": row["size"], "person": member.user}
    file = File.objects.create(team=member.team, key=f"{MADE} {number}", added_at=now - datetime.timedelta(days=added), **{**facts, **row})
    if through:
        Part.objects.create(file=file, way="up", number=1, start=0, size=through, is_done=True)
    if is_silent:
        File.objects.filter(pk=file.pk).update(touched_at=now - datetime.timedelta(hours=1))
    if is_used:
        Use.objects.create(
            file=file, what="batch", remote_id="batch_1", title="Product texts", status="in_progress", is_active=True, seen_at=now
        )


def tell_list(state: str) -> None:
    """How it stands with the list of the provider: being read, not read, or as if nobody had asked."""
    from django.utils import timezone

    from apps.accounts.models import Membership
    from apps.files.models import Sync
    from apps.providers.models import Provider

    team = Membership.objects.select_related("team").get(role="owner").team
    provider = Provider.objects.filter(team=team, is_builtin=False, deleted_at=None).earliest("created_at")
    now = timezone.now()
    states = {
        "reading": {"state": "reading", "started_at": now, "seen": 12_400, "lease_until": now + A_YEAR},
        "trouble": {"state": "failed", "started_at": now, "finished_at": now, "sentence": "Loopback has a problem. Your request was fine."},
    }
    Sync.objects.filter(team=team).delete()
    if state in states:
        Sync.objects.create(team=team, provider=provider, **states[state])


def open_room() -> None:
    """An editor of a team that has nothing yet; the address is printed."""
    from apps.accounts.models import Membership, Team, User
    from tests.product.product import PASSWORD

    person = User.objects.create_user(f"potter-{uuid.uuid4().hex[:8]}@example.org", PASSWORD)
    Membership.objects.create(team=Team.objects.create(name="Pottery"), user=person, role="editor")
    sys.stdout.write(f"{person.email}\n")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    act = sys.argv[1] if len(sys.argv) > 1 else ""
    if act == "room":
        open_room()
    else:
        furnish()
        tell_list(act)
