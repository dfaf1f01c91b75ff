"""Everything of a team as one ZIP file, made while it is downloaded.

Memory is bounded: rows come in pages by id, so that no query stays open, files in pieces. What is added or changed
meanwhile may be in it or not.
"""

import datetime
import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.access import may
from apps.accounts.models import Membership, Role, Team
from apps.core import holdings, zipping
from apps.core.holdings import Part

ASK_SECONDS: Final = 10.0  # how often a running export asks whether its person may still have it
MARK_SECONDS: Final = 120  # a process that dies leaves its mark for no longer
CONTENTS: Final[dict[str, Any]] = {
    "team.json": gettext_lazy("The team and what is set for it."),
    "people.jsonl": gettext_lazy("Who is in the team, with role."),
    "invitations.jsonl": gettext_lazy("Invitations, without their links."),
    "audit.jsonl": gettext_lazy("Who changed, deleted and exported what."),
    "providers.jsonl": gettext_lazy("Providers, without their keys."),
    "models.jsonl": gettext_lazy("The models of these providers."),
    "model_facts.jsonl": gettext_lazy("What the team noted about models."),
    "model_access.jsonl": gettext_lazy("Who may use which model, where not everybody may."),
    "functions.jsonl": gettext_lazy("Functions that models may ask for in chats."),
    "attachments.jsonl": gettext_lazy("What was attached to messages of chats; `path` is its file."),
    "attachments/": gettext_lazy("These files, as they were sent."),
    "chat_imports.jsonl": gettext_lazy("Imports of chats: of which file, how many came, and what was left out."),
    "conversations.jsonl": gettext_lazy("Chats with all their turns; `follows` is the turn before."),
    "shared_chats.jsonl": gettext_lazy("Copies of chats that were shared, without their links."),
    "conversations/": gettext_lazy("The same chats to read: one Markdown file each, with the path that was shown last."),
    "pictures.jsonl": gettext_lazy("The gallery: what each picture was asked for and made from; `path` is its file."),
    "pictures/": gettext_lazy("The pictures that were uploaded. Those that a model made are among the files of the calls."),
    "masks.jsonl": gettext_lazy("Which parts of pictures were to be changed."),
    "masks/": gettext_lazy("The same as pictures: white may change, black stays."),
    "recordings.jsonl": gettext_lazy("Recordings that were uploaded or made here; `path` is the sound."),
    "recordings/": gettext_lazy("The sound, as it came."),
    "transcripts.jsonl": gettext_lazy("What was heard in them, by which model; `path` has the words."),
    "transcripts/": gettext_lazy("Each with its segments, as heard and as corrected, every change, and its translations."),
    "similarity.jsonl": gettext_lazy("Rows that were compared, with the models that read them and what was looked for."),
    "similarity/": gettext_lazy("The rows themselves, and the files that they came from."),
    "speech.jsonl": gettext_lazy("Texts that were spoken, with voices and settings; `path` is the sound."),
    "speech/": gettext_lazy("What was made of them."),
    "moderation.jsonl": gettext_lazy("Safety checks: what was brought, and which models judged it."),
    "moderation_rows.jsonl": gettext_lazy("Their rows, with their texts; `path` is the picture."),
    "moderation_verdicts.jsonl": gettext_lazy("What each model said of each row: scores by category, and what it flagged."),
    "moderation_rules.jsonl": gettext_lazy("The limits of the team, and its check before sending."),
    "moderation/": gettext_lazy("Files and pictures that were brought to be checked."),
    "stored_files.jsonl": gettext_lazy("Files: what lies here and at providers, and what a check found; `path` is our copy."),
    "stored_files/": gettext_lazy("Our copies of these."),
    "runs.jsonl": gettext_lazy(
        "Every call: what was asked and answered, by whom, with numbers, its requests to the provider and its files."
    ),
    "files/": gettext_lazy("The files of these calls; runs.jsonl has their names. One that is empty here was lost on the server."),
    "manifest.json": gettext_lazy("Comes last: how many lines and bytes each file has. Without it the download is not whole."),
}


class Ended(Exception):
    """Whoever downloads may not have it any more."""


def packed(parts: Iterable[Part], now: datetime.datetime) -> Iterator[bytes]:
    """The bytes of a ZIP file with these parts and a manifest."""
    counts: dict[str, dict[str, int]] = {}
    manifest = Part("manifest.json", _manifest(counts, now))
    return zipping.packed(chain((Part(part.path, _counted(part, counts)) for part in parts), [manifest]), now)


def _counted(part: Part, counts: dict[str, dict[str, int]]) -> Iterator[bytes]:
    is_lines = part.path.endswith(".jsonl")
    lines = size = 0
    for chunk in part.chunks:
        yield chunk
        size += len(chunk)
        lines += chunk.count(b"\n") if is_lines else 0
    _note(counts, part.path, {"lines": lines, "bytes": size} if is_lines else {"bytes": size})


def _manifest(counts: dict[str, dict[str, int]], now: datetime.datetime) -> Iterator[bytes]:
    """Counts are there when the parts before it have been read."""
    yield json.dumps({"made_at": now.isoformat(), "files": counts}, indent=1).encode()


def _note(counts: dict[str, dict[str, int]], path: str, numbers: dict[str, int]) -> None:
    """One line for each file, but folders with many of them are summed up."""
    folder, slash, _name = path.partition("/")
    if not slash:
        counts[path] = numbers
        return
    total = counts.setdefault(folder + slash, {"files": 0, "bytes": 0})
    total["files"] += 1
    total["bytes"] += numbers["bytes"]


def parts_of(team: Team, now: datetime.datetime) -> Iterator[Part]:
    """README first, then what each app has."""
    yield Part("README.txt", iter([_readme(team, now).encode()]))
    for holding in reversed(holdings.all_holdings()):
        yield from holding.export(team.pk, team.erase_before)


def _readme(team: Team, now: datetime.datetime) -> str:
    head = _("Everything that %(product)s keeps for the team %(team)s, as of %(time)s.") % {
        "product": settings.PRODUCT_NAME,
        "team": team.name,
        "time": now.isoformat(timespec="minutes"),
    }
    kinds = _("Files that end in .jsonl have one JSON object on each line. Times are in UTC, costs in US dollars.")
    lines = "\n".join(f"{name:22} {text}" for name, text in CONTENTS.items())
    return f"{head}\n{kinds}\n\n{lines}\n"


# --- The download ------------------------------------------------------------------------------
def begin(membership: Membership) -> bool:
    """Whether this person may start an export now: one at a time."""
    return bool(cache.add(_mark(membership), 1, MARK_SECONDS))


def _mark(membership: Membership) -> str:
    return f"export-{membership.user_id}"


def chunks_of(membership: Membership, clock: Callable[[], float] = time.monotonic) -> Generator[bytes, None, None]:
    """The bytes of an export, for as long as this person owns the team."""
    now = timezone.now()
    asked_at = clock()
    for chunk in packed(parts_of(membership.team, now), now):
        yield chunk
        if clock() - asked_at >= ASK_SECONDS:
            asked_at = clock()
            cache.touch(_mark(membership), MARK_SECONDS)
            fresh = Membership.objects.select_related("user", "team").filter(pk=membership.pk).first()
            if not may(fresh, Role.OWNER):
                raise Ended


class Download(zipping.Download):
    """The same for a response. When that is over, the place of this person is free again."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(chunks_of(membership), lambda: cache.delete(_mark(membership)), "export")
