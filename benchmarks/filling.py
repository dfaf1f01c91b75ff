"""Fills a product's database for S7: `python -m benchmarks.filling`, a child with the product's environment.

Reads {"runs": N, "turns": N, …} as JSON, writes the addresses of what it made. Everything is final, so no worker looks at it.
"""

import datetime
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

    member = Membership.objects.select_related("team", "user").order_by("id")[0]  # those that the product began with
    provider = Provider.objects.order_by("id")[0]
    common = {"team": member.team, "person": member.user, "provider": provider, "provider_label": provider.name}
    _fill_history(common, wish["runs"])
    _fill_team(member, wish.get("people", 0), wish.get("audit", 0))
    _fill_chats(common, wish.get("chats", 0))
    large = _fill_models(provider, wish.get("models", 0))
    chats = {"long": _conversation(common, wish["turns"]), "short": _conversation(common, 2)}
    return {**chats, "models": f"/settings/providers/{large}/models/"}


def _run(common: Fields, number: int, now: datetime.datetime | None = None, **fields: Any) -> Any:
    from django.utils import timezone

    from apps.core.ids import first_id_at
    from apps.runs.models import Run

    if now is None:
        now = timezone.now()
    else:
        fields["id"] = uuid.UUID(int=first_id_at(now).int + number)
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
        cost=number % 9 / 1000,
        cost_kind="known",
        **common,
        **fields,
    )


def _fill_history(common: Fields, number: int) -> None:
    """Runs that were made evenly since the month began, so that Home sums all of them."""
    from django.utils import timezone

    from apps.runs.models import Run

    now = timezone.localtime()
    pause = (now - now.replace(day=1, hour=0, minute=0, second=0)) / max(1, number)
    rows = (_run(common, each, now - pause * (number - each), text="Quiet, all in all.", params={"messages": []}) for each in range(number))
    for batch in batches(rows):
        Run.objects.bulk_create(batch)


def _fill_team(member: Any, people: int, entries: int) -> None:
    from apps.accounts.models import AuditEntry, Membership, Role, User

    users = User.objects.bulk_create(User(email=f"colleague-{each}@example.org", name=f"Colleague {each}") for each in range(people))
    Membership.objects.bulk_create(Membership(team=member.team, user=user, role=Role.EDITOR) for user in users)
    acts = ("member.disabled", "member.enabled", "role.changed", "data.exported")
    common = {"team": member.team, "person": member.user, "person_label": "Bench", "details": {}}
    rows = (AuditEntry(act=acts[each % len(acts)], target=f"Colleague {each % 200}", **common) for each in range(entries))
    for batch in batches(rows):
        AuditEntry.objects.bulk_create(batch)


def _fill_chats(common: Fields, number: int) -> None:
    from apps.chat.models import Conversation, Turn

    rows = (Conversation(team=common["team"], person=common["person"], title=f"Boats of pier {each}") for each in range(number))
    for batch in batches(rows):
        Conversation.objects.bulk_create(batch)
        Turn.objects.bulk_create(Turn(conversation=chat, text="What of the boats?") for chat in batch)


def _fill_models(like: Any, number: int) -> Any:
    """A provider of its own that lists so many; its id."""
    from apps.providers.models import Model, Provider

    fields = {"team": like.team, "base_url": like.base_url, "dialect": like.dialect, "private_origin": like.private_origin}
    provider = Provider.objects.create(name="Large", **fields)
    rows = (Model(provider=provider, name=f"vendor-{each % 40}/gpt-{each}", facts={"owned_by": "vendor"}) for each in range(number))
    for batch in batches(rows):
        Model.objects.bulk_create(batch)
    return provider.pk


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
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
