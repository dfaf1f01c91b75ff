"""One entry of the list: parsed, and told as a `Talk` or a `Bad` one."""

import hashlib
import json
import re
from typing import Any, Final

import orjson

from apps.chat.chatgpt.folding import fold
from apps.chat.chatgpt.messages import clean, moment
from apps.chat.chatgpt.splitting import Piece
from apps.chat.chatgpt.values import LONGEST_KEY, LONGEST_TITLE, Bad, Marks, Reason, Refused, Talk

TITLE: Final = re.compile(rb'"title"\s*:\s*("(?:[^"\\]|\\.){0,500}")')


def read_talk(number: int, piece: Piece, marks: Marks) -> Talk | Bad:
    if piece.reason:
        return Bad(number, piece.reason, _title_in(piece.body))
    try:
        told = parse(piece.body)
    except Refused as refused:
        return Bad(number, refused.reason, _title_in(piece.body))
    if not isinstance(told, dict):
        return Bad(number, Reason.NOT_ONE)
    title = title_of(told.get("title"))
    try:
        if not isinstance(told.get("mapping"), dict):
            raise Refused(Reason.NOT_ONE)
        said, current = fold(told, marks)
    except Refused as refused:
        return Bad(number, refused.reason, title)
    created = moment(told.get("create_time"))
    return Talk(number, _key(told, piece.body), title, said, current, created, moment(told.get("update_time")) or created)


def parse(body: bytes) -> Any:
    """Halves of letters and NaN are taken, by a slower reader. Raises Refused."""
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(Reason.NOT_JSON) from None


def title_of(told: Any) -> str:
    return " ".join(clean(told[: 10 * LONGEST_TITLE]).split())[:LONGEST_TITLE] if isinstance(told, str) else ""


def _key(told: dict[str, Any], body: bytes) -> str:
    for name in ("conversation_id", "id"):
        key = told.get(name)
        if isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable():
            return key
    return f"sha256-{hashlib.sha256(body).hexdigest()}"


def _title_in(head: bytes) -> str:
    found = TITLE.search(head)
    try:
        return title_of(json.loads(found[1])) if found else ""
    except ValueError:
        return ""
