"""What a person reads of a message of an export; "" for what ChatGPT does not show: thinking, calls of tools, instructions."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from apps.chat.chatgpt.values import Marks

# What stands around thinking, tools and memories. Other kinds, also ones of later, count by their text.
UNSEEN: Final = frozenset(
    {
        "thoughts",
        "reasoning_recap",
        "user_editable_context",
        "model_editable_context",
        "execution_output",
        "system_error",
        "tether_browsing_display",
        "tether_browsing_code",
        "tether_quote",
        "sonic_webpage",
        "citable_code_output",
        "app_pairing_content",
    }
)
TO_ALL: Final = ("all", "", None)
DOCUMENT: Final = "canmore.create_textdoc"  # a text that is written beside the chat
# Signs of ChatGPT around what its page draws: sources, names of places.
DRAWN: Final = re.compile("\ue200([a-z_]*+)\ue202?([^\ue200\ue201]*+)\ue201")
SIGNS: Final = re.compile("[\ue200-\ue206]")
NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
EARLIEST, LATEST = 1_000_000_000.0, 7_000_000_000.0  # Unix seconds: 2001 to 2191
MOST_PARTS: Final = 1000
MOST_SOURCES: Final = 2000


def role_of(message: Mapping[str, Any]) -> str:
    """ "user", "assistant", "tool", "system"; "" for what is none."""
    author = message.get("author")
    role = author.get("role") if isinstance(author, dict) else None
    return role if isinstance(role, str) else ""


def text_of(message: Mapping[str, Any], marks: Marks) -> str:
    role, content, about = role_of(message), message.get("content"), message.get("metadata")
    about = about if isinstance(about, dict) else {}
    if not isinstance(content, dict) or about.get("is_visually_hidden_from_conversation") is True:
        return ""
    kind = content.get("content_type")
    if role == "tool":
        return "\n\n".join(mark for mark in _marks_of(content, marks) if mark)
    if role not in {"user", "assistant"} or kind in UNSEEN:
        return ""
    recipient = message.get("recipient")
    if role == "assistant" and recipient not in TO_ALL:
        return _document(content) if recipient == DOCUMENT else ""
    text = _written(content, marks)
    if role == "user":
        return clean("\n\n".join([*_files(about, marks), text.strip("\n")]).strip("\n"))
    return clean(_without_signs(text, about.get("content_references")).strip("\n"))


def clean(text: str) -> str:
    """Without what no database takes."""
    return NOT_TEXT.sub("\ufffd", text)


def moment(told: Any) -> float | None:
    """Unix seconds, where it is a time that can be."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told) if math.isfinite(told) and EARLIEST <= told <= LATEST else None


def _written(content: Mapping[str, Any], marks: Marks) -> str:
    parts, text = content.get("parts"), content.get("text")
    if isinstance(parts, list):
        return "\n\n".join(said for part in parts[:MOST_PARTS] if (said := _part(part, marks)))
    if not isinstance(text, str):
        return ""
    return fenced(text, content.get("language")) if content.get("content_type") == "code" else text


def _part(part: Any, marks: Marks) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else _mark(part, marks)


def _mark(part: Mapping[str, Any], marks: Marks) -> str:
    kind = part.get("content_type")
    if kind == "image_asset_pointer":
        return marks.picture
    return marks.sound if isinstance(kind, str) and kind.startswith(("audio_", "real_time_user_audio")) else ""


def _marks_of(content: Mapping[str, Any], marks: Marks) -> Iterator[str]:
    """A tool that made pictures is seen by them."""
    parts = content.get("parts")
    for part in parts[:MOST_PARTS] if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("content_type") == "image_asset_pointer":
            yield marks.picture


def _files(about: Mapping[str, Any], marks: Marks) -> Iterator[str]:
    """Files that came with a question, but for pictures, which stand among its parts."""
    files = about.get("attachments")
    for file in files[:MOST_PARTS] if isinstance(files, list) else ():
        name = file.get("name") if isinstance(file, dict) else None
        kind = (file.get("mime_type") or file.get("mimeType")) if isinstance(file, dict) else None
        if isinstance(name, str) and not (isinstance(kind, str) and kind.startswith("image/")):
            yield marks.file % {"name": " ".join(name.split())[:255]}


def fenced(code: str, language: Any = None) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    word = language if isinstance(language, str) and re.fullmatch(r"[\w+#.-]{1,30}", language) and language != "unknown" else ""
    return f"{fence}{word}\n{code}\n{fence}"


def _document(content: Mapping[str, Any]) -> str:
    text = content.get("text")
    text = text if isinstance(text, str) else "".join(part for part in content.get("parts") or () if isinstance(part, str))
    try:
        told = orjson.loads(text.encode())
    except (ValueError, UnicodeError):
        return ""
    written = told.get("content") if isinstance(told, dict) else None
    if not isinstance(written, str):
        return ""
    kind, name = told.get("type"), told.get("name")
    heading = f"**{' '.join(name.split())[:200]}**\n\n" if isinstance(name, str) and name.strip() else ""
    is_code = isinstance(kind, str) and kind.startswith("code/")
    return clean(heading + (fenced(written, kind.removeprefix("code/")) if is_code else written))


def _without_signs(text: str, references: Any) -> str:
    """Sources as links where the export has their words, nothing else of what only ChatGPT can draw."""
    if not SIGNS.search(text):
        return text
    told = {
        each["matched_text"]: each["alt"]
        for each in (references[:MOST_SOURCES] if isinstance(references, list) else ())
        if isinstance(each, dict) and isinstance(each.get("matched_text"), str) and isinstance(each.get("alt"), str)
    }
    return SIGNS.sub("", DRAWN.sub(lambda drawn: told.get(drawn[0]) or _name_in(drawn[1], drawn[2]), text))


def _name_in(kind: str, inside: str) -> str:
    """A place or person is shown by its name: `["city", "Paris", …]`."""
    if kind != "entity":
        return ""
    try:
        told = orjson.loads(inside.encode())
    except (ValueError, UnicodeError):
        return ""
    return told[1] if isinstance(told, list) and len(told) > 1 and isinstance(told[1], str) else ""
