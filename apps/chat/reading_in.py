"""What of the attachments goes into a request, and in which form, by what the model takes.

A picture goes as `image_url`, sound as `input_audio`, a PDF as `file` where the model reads that itself and else as its text; texts
go as they are, each fenced under its name. What belongs to the question itself goes along or the question is refused; of earlier
questions as much goes along as there is room for, the newest first, and what stays behind is said.

In the parameters of a run the bytes are only hinted at, exactly as a request is shown; `filled` puts them in when it is sent.
"""

import base64
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat.attachments import Attachment
from apps.chat.models import Conversation
from apps.providers.choices import ModelChoice
from apps.providers.facts import Facts
from apps.runs.costs import CHARACTERS_PER_TOKEN
from apps.runs.files import StoredFile
from apps.runs.operations import InputFile
from gateway.calls import SHOWN_OF_DATA

Kind = Attachment.Kind
Part = dict[str, Any]
Content = str | list[Part]
OF_FILES: Final = {"image_url": ("image_url", "url"), "file": ("file", "file_data"), "input_audio": ("input_audio", "data")}
MOST_BYTES: Final = 64 * 1024 * 1024  # of all attachments of a request, which is put together in memory
PICTURE_TOKENS: Final = 1000
PAGE_TOKENS: Final = 800  # of a PDF that the model reads itself: it looks at each page as well
SECOND_TOKENS: Final = 15  # of sound
SHARE: Final = 0.8  # of the room for questions that attachments of earlier ones may fill: the rest is for what our counting misses
TICKS: Final = re.compile("`{3,}")


class CannotTake(Exception):
    """The chosen model does not take what is attached. `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class Reading:
    """`parts`: of each question, by the id of its turn; None is the one that is asked now. `notices`: what stays behind, in sentences."""

    parts: dict[uuid.UUID | None, list[Part]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def content(self, turn_id: uuid.UUID | None, text: str) -> Content:
        """What a question says, with what is attached to it: one text as long as all of it is text."""
        parts = self.parts.get(turn_id, [])
        if not parts:
            return text
        return _plain([{"type": "text", "text": text}, *parts] if text else parts)


def sees(facts: Facts) -> bool:
    return facts.does("vision")


def hears(facts: Facts) -> bool:
    return facts.does("audio_chat")


def reads_pdf(facts: Facts) -> bool:
    return facts.takes("file")


def why_not(attachment: Attachment, choice: ModelChoice | None) -> str:
    """Why this model cannot be given it; empty where it can. One sentence."""
    if choice is None:
        return ""
    told = {"model": choice.label, "name": attachment.name}
    if attachment.kind == Kind.PICTURE and not sees(choice.facts):
        return _("%(model)s cannot see pictures. Choose a model that can, or take “%(name)s” away.") % told
    if attachment.kind == Kind.SOUND and not hears(choice.facts):
        return _("%(model)s cannot hear. Choose a model that can, or take “%(name)s” away.") % told
    if attachment.kind == Kind.PDF and not attachment.characters and not reads_pdf(choice.facts):
        return _("“%(name)s” has no text in it, and %(model)s does not look at its pages. Attach them as pictures.") % told
    return ""


def tokens_of(attachment: Attachment, facts: Facts) -> int:
    """Roughly how much of the model's room it takes."""
    if attachment.kind == Kind.PICTURE:
        return PICTURE_TOKENS
    if attachment.kind == Kind.SOUND:
        return int(SECOND_TOKENS * (attachment.details.get("seconds") or 60))
    words = -(-attachment.characters // CHARACTERS_PER_TOKEN)
    return words + PAGE_TOKENS * int(attachment.details.get("pages", 0)) if reads_pdf(facts) and attachment.kind == Kind.PDF else words


def attached_to(conversation: Conversation, path: Iterable[uuid.UUID]) -> list[Attachment]:
    """What was sent with the questions of this path, oldest first. Without its texts."""
    on_path = set(path)  # picked here: a long chat has more turns than attachments
    rows = Attachment.objects.filter(conversation=conversation, turn__isnull=False).defer("text").order_by("turn_id", "pk")
    return [each for each in rows if each.turn_id in on_path]


def read_in(
    earlier: Sequence[Attachment], now: Sequence[Attachment], choice: ModelChoice, characters: int, room: int | None = None
) -> Reading:
    """What goes along. `now`: of the question that is asked. `characters`: of all that is said beside them. `room`: tokens that may be
    asked with (`room.room_for`). Raises CannotTake.
    """
    for each in now:
        if refusal := why_not(each, choice):
            raise CannotTake(refusal)
    reading = Reading()
    kept, crowded = _fitting([each for each in earlier if not why_not(each, choice)], now, choice.facts, characters, room)
    texts = _texts_of([*kept, *now])
    unusable = [each for each in earlier if why_not(each, choice)]
    for each in earlier:
        part = _part_of(each, choice.facts, texts.get(each.pk, "")) if each in kept else _left_out(each)
        reading.parts.setdefault(each.turn_id, []).append(part)
    for each in now:
        reading.parts.setdefault(each.turn_id, []).append(_part_of(each, choice.facts, texts.get(each.pk, "")))
    reading.notices = _notices(unusable, crowded, choice)
    return reading


def _fitting(
    usable: Sequence[Attachment], now: Sequence[Attachment], facts: Facts, characters: int, room: int | None
) -> tuple[list[Attachment], int]:
    """Those of earlier questions for which there is room, and how many it left out; the newest go first."""
    tokens = -(-characters // CHARACTERS_PER_TOKEN) + sum(tokens_of(each, facts) for each in now)
    size = sum(each.size for each in now)
    kept: list[Attachment] = []
    for each in reversed(usable):
        tokens, size = tokens + tokens_of(each, facts), size + each.size
        if size > MOST_BYTES or (room and tokens > room * SHARE):
            break
        kept.append(each)
    return kept[::-1], len(usable) - len(kept)


def _texts_of(attachments: Iterable[Attachment]) -> dict[uuid.UUID, str]:
    return dict(Attachment.objects.filter(pk__in=[each.pk for each in attachments]).values_list("pk", "text"))


def _part_of(attachment: Attachment, facts: Facts, text: str) -> Part:
    """One part of a message. Those of files carry their row until `taken_out`."""
    if attachment.kind == Kind.PICTURE:
        return {"type": "image_url", "image_url": {"url": _hint(attachment)}, "attachment": attachment}
    if attachment.kind == Kind.SOUND:
        sound = {"data": f"{attachment.head[:SHOWN_OF_DATA]}…", "format": attachment.details.get("format", "wav")}
        return {"type": "input_audio", "input_audio": sound, "attachment": attachment}
    if attachment.kind == Kind.PDF and reads_pdf(facts):
        return {"type": "file", "file": {"filename": attachment.name, "file_data": _hint(attachment)}, "attachment": attachment}
    return {"type": "text", "text": fenced(attachment.name, text, attachment.details.get("fence", ""))}


def _hint(attachment: Attachment) -> str:
    """As `gateway.describe` shows it."""
    return f"{f'data:{attachment.content_type};base64,{attachment.head}'[:SHOWN_OF_DATA]}…"


def fenced(name: str, text: str, language: str = "") -> str:
    """A text under its name, between fences that do not stand in it."""
    fence = "`" * max(3, *(len(run) + 1 for run in TICKS.findall(text)), 3)
    return f"File: {name.replace('`', ' ')}\n{fence}{language}\n{text.rstrip()}\n{fence}"


def _left_out(attachment: Attachment) -> Part:
    return {"type": "text", "text": f"[File left out: {attachment.name}]"}


def _notices(unusable: Sequence[Attachment], crowded: int, choice: ModelChoice) -> list[str]:
    told = []
    if unusable:
        sentence = ngettext(
            "%(n)s attachment of an earlier message was left out: %(model)s does not take it.",
            "%(n)s attachments of earlier messages were left out: %(model)s does not take them.",
            len(unusable),
        )
        told.append(sentence % {"n": len(unusable), "model": choice.label})
    if crowded:
        sentence = ngettext(
            "%(n)s attachment of an earlier message was left out: there is no room for it any more.",
            "%(n)s attachments of earlier messages were left out: there is no room for them any more.",
            crowded,
        )
        told.append(sentence % {"n": crowded})
    return told


# --- Messages -----------------------------------------------------------------------------------
def joined(first: Content, second: Content) -> Content:
    """Two messages of the same role as one."""
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: Content) -> list[Part]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _plain(parts: list[Part]) -> Content:
    """Servers that know no parts know texts."""
    if any(part["type"] != "text" for part in parts):
        return parts
    return "\n\n".join(part["text"] for part in parts)


def taken_out(messages: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[StoredFile]]:
    """The messages as they are kept, and the files that go into them, in the order of their parts."""
    files: list[StoredFile] = []
    told = []
    for message in messages:
        content = message["content"]
        if isinstance(content, list):
            rows = [part["attachment"] for part in content if "attachment" in part]
            files += [StoredFile("input", row.name, row.content_type, row.file, row.size) for row in rows]
            content = [{name: value for name, value in part.items() if name != "attachment"} for part in content]
        told.append({**message, "content": content})
    return told, files


def filled(messages: Sequence[Mapping[str, Any]], files: Sequence[InputFile]) -> Sequence[Mapping[str, Any]]:
    """The messages with the bytes of these files, in the order of their parts. Without files they stay as they are."""
    waiting = [file for file in files if file.role == "input"]
    if not waiting:
        return messages
    following = iter(waiting)
    return [
        {**message, "content": [_filled(part, following) for part in message["content"]]}
        if isinstance(message.get("content"), list)
        else message
        for message in messages
    ]


def _filled(part: Part, following: Any) -> Part:
    where = OF_FILES.get(str(part.get("type")))
    file: InputFile | None = next(following, None) if where else None
    if where is None or file is None:
        return part
    outer, inner = where
    data = base64.b64encode(file.path.read_bytes()).decode("ascii")
    value = data if inner == "data" else f"data:{file.content_type};base64,{data}"
    return {**part, outer: {**part[outer], inner: value}}
