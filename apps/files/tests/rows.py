"""Files as a team has them."""

import uuid
from typing import Any

from django.utils import timezone

from apps.accounts.models import Membership, Team
from apps.files.content import write_whole
from apps.files.models import File, Piece


def make_file(team: Team, body: bytes = b'{"a": 1}\n', **fields: Any) -> File:
    """One that is here, whole and looked at."""
    facts = {"name": "Answers.jsonl", "copy": "ready", "kind": "jsonl", "content_type": "application/jsonl", "added_at": timezone.now()}
    file = File(team=team, key=uuid.uuid4().hex, **{**facts, **fields})
    file.size = fields.get("size", len(body))
    pieces = write_whole(file, [body]) if file.copy in {"ready", "looking"} else []
    file.pieces, file.received = len(pieces), sum(piece.size for piece in pieces)
    file.save(force_insert=True)
    Piece.objects.bulk_create(pieces)
    return file


def make_remote(team: Team, provider: Any, **fields: Any) -> File:
    """One that lies at a provider, and not here."""
    facts = {"copy": "none", "remote": "there", "remote_id": f"file-{uuid.uuid4().hex[:12]}", "provider": provider, "size": 1_800_000}
    return make_file(team, **{**facts, **fields})


def brought_by(member: Membership, **fields: Any) -> File:
    return make_file(member.team, person=member.user, **fields)
