"""Fills a product's database for S7: `python -m benchmarks.filling`, a child with the product's environment.

Reads {"runs": N, "turns": N} as JSON, writes the addresses of the conversations it made. Everything is final, so no worker looks at it.
"""

import itertools
import json
import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any

Fields = dict[str, Any]
BATCH = 2000
ANSWER = "## Point {0}\n\nThe **harbour** was quiet when boat {0} came in, with `lemons` and a letter.\n\n- one\n- two\n\n" * 3
STATUSES = ("completed",) * 8 + ("failed", "cancelled")


def fill(wish: dict[str, Any]) -> dict[str, str]:
    from apps.accounts.models import Membership
    from apps.providers.models import Provider

    member = Membership.objects.select_related("team", "user").get()
    provider = Provider.objects.get()
    common = {"team": member.team, "person": member.user, "provider": provider, "provider_label": provider.name}
    _fill_history(common, wish["runs"])
    return {"long": _conversation(common, wish["turns"]), "short": _conversation(common, 2)}


def _run(common: Fields, number: int, **fields: Any) -> Any:
    from django.utils import timezone

    from apps.runs.models import Run

    now = timezone.now()
    return Run(
        operation="chat.reply",
        model=f"model-{number % 7}",
        model_label=f"Model {number % 7}",
        summary=f"Question {number} about the harbour",
        key=uuid.uuid4().hex,
        status=STATUSES[number % len(STATUSES)],
        queued_at=now,
        sent_at=now,
        finished_at=now,
        first_ms=180,
        total_ms=2400,
        usage={"input": 210, "output": 180},
        cost=0,
        **common,
        **fields,
    )


def _fill_history(common: Fields, number: int) -> None:
    from apps.runs.models import Run

    rows = (_run(common, index, text="Quiet, all in all.", params={"messages": []}) for index in range(number))
    for batch in _batches(rows):
        Run.objects.bulk_create(batch)


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _conversation(common: Fields, turns: int) -> str:
    from apps.chat.models import Conversation, Turn
    from apps.runs.models import Run

    conversation = Conversation.objects.create(team=common["team"], person=common["person"], title=f"{turns} turns")
    turn = None
    for index in range(turns // 2):
        question = Turn.objects.create(conversation=conversation, parent=turn, text=f"What of boat {index}?")
        run = _run(common, 0, text=ANSWER.format(index), params={"messages": [{"role": "user", "content": "x" * 200 * index}]})
        run.parent_kind, run.parent_id = "chat", conversation.pk
        Run.objects.bulk_create([run])
        turn = Turn.objects.create(conversation=conversation, parent=question, run=run)
    conversation.leaf = turn
    conversation.save()
    return f"/chat/{conversation.pk}/"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    sys.stdout.write(json.dumps(fill(json.load(sys.stdin))))
