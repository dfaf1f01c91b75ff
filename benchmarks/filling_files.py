"""Fills a product's database for S18: `python -m benchmarks.filling_files`, a child with the product's environment.

Reads how many files; writes the id of the provider that half of them lie at.
"""

import datetime
import json
import os
import sys
from typing import Any

from benchmarks.filling import batches

KINDS = ("jsonl", "jsonl", "table", "text", "picture", "pdf")
PURPOSES = ("batch", "fine-tune", "user_data", "", "evals")


def fill(number: int) -> str:
    from apps.accounts.models import Membership
    from apps.files.models import File
    from apps.providers.models import Provider

    member = Membership.objects.select_related("team", "user").order_by("id")[0]
    provider = Provider.objects.order_by("id")[0]
    for batch in batches(_file(member, provider, each) for each in range(number)):
        File.objects.bulk_create(batch)
    return str(provider.pk)


def _file(member: Any, provider: Any, number: int) -> Any:
    """Every second lies at the provider, some of these leave soon; some have a mistake."""
    from django.utils import timezone

    from apps.files.models import File

    now = timezone.now()
    there = number % 2 == 0
    return File(
        team=member.team,
        person=member.user,
        name=f"letter-{number * 7919 % 100_000:05}.jsonl",
        size=number * 37 % 9_000_000,
        kind=KINDS[number % len(KINDS)],
        purpose=PURPOSES[number % len(PURPOSES)],
        key=f"bench-{number}",
        added_at=now - datetime.timedelta(minutes=number),
        copy="none" if there else "ready",
        flaws=3 if number % 1_000 == 1 else None,
        provider=provider if there else None,
        remote="there" if there else "none",
        remote_id=f"file-{number:09}x" if there else "",
        expires_at=now + datetime.timedelta(days=3 if number % 5_000 == 0 else 25) if number % 10 == 0 else None,
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    sys.stdout.write(json.dumps(fill(int(sys.stdin.read()))))
