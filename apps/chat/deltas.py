"""Reading what servers put into a piece of an answer.

OpenAI's shape is the rule; the rest is what compatible servers were seen to send instead. Nothing
here raises on a strange shape: what cannot be read as text is no text.
"""

import json
import re
import time
from typing import Any

from apps.chat.pictures import Pictures, Sieve
from apps.runs.operations import StreamState

BROKEN = re.compile("[\x00\ud800-\udfff]")  # no database keeps these
OPEN, CLOSE = "<think>", "</think>"
PART_KEYS = ("text", "thinking", "content", "summary", "refusal")


def text_of(value: Any) -> str:
    """The text in a string, a part, or a list of parts; "" for everything else."""
    if isinstance(value, str):
        return BROKEN.sub("\ufffd", value) if BROKEN.search(value) else value
    if isinstance(value, list):
        return "".join(text_of(part) for part in value)
    if isinstance(value, dict):
        return next((text_of(value[key]) for key in PART_KEYS if value.get(key)), "")
    return ""


def is_thinking_part(part: Any) -> bool:
    return isinstance(part, dict) and str(part.get("type", "")) in {"thinking", "reasoning", "reasoning_text"}


def answer_text(delta: dict[str, Any]) -> str:
    """What the person reads: content without its thinking parts, or the words of a spoken answer."""
    content = delta.get("content")
    if isinstance(content, list):
        content = [part for part in content if not is_thinking_part(part)]
    audio = delta.get("audio")
    return text_of(content) or (text_of(audio.get("transcript")) if isinstance(audio, dict) else "")


def thinking_text(delta: dict[str, Any]) -> str:
    """Thinking under any of its names. Servers that fill two of them say the same in both."""
    named = text_of(delta.get("reasoning_content")) or text_of(delta.get("reasoning"))
    content = delta.get("content")
    parts = [part for part in content if is_thinking_part(part)] if isinstance(content, list) else []
    return named or text_of(parts)


def read_usage(usage: Any) -> dict[str, int]:
    """Token counts in our names. All zeros is how some servers say that they did not count."""
    if not isinstance(usage, dict):
        return {}
    prompt, completion = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    counts = {
        "input": usage.get("prompt_tokens"),
        "output": usage.get("completion_tokens"),
        "cached": prompt.get("cached_tokens") if isinstance(prompt, dict) else None,
        "thinking": completion.get("reasoning_tokens") if isinstance(completion, dict) else None,
    }
    told = {name: int(count) for name, count in counts.items() if count is not None and is_count(count)}
    return told if any(told.values()) else {}


def is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53


def held_back(text: str, tag: str) -> int:
    """How many characters at the end may be the beginning of `tag`."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if tag.startswith(text[-size:])), 0)


def pictures_of(state: StreamState) -> Pictures:
    """What the answer brought beside its words."""
    pictures: Pictures = state.extra.setdefault("pictures", Pictures())
    return pictures


def sieve_of(state: StreamState, index: str = "0") -> Sieve:
    """What takes pictures out of the text of one of the choices."""
    sieves: dict[str, Sieve] = state.extra.setdefault("sieves", {})
    if index not in sieves:
        sieves[index] = Sieve(pictures_of(state))
    return sieves[index]


def add_answer(state: StreamState, piece: str) -> None:
    """Add to what the person reads. Pictures that are written into it go their own way."""
    text = sieve_of(state).feed(piece)
    if text:
        state.add_text(text)


def add_content(state: StreamState, piece: str) -> None:
    """Add answer text; `<think>…</think>` at its very beginning goes to the thinking."""
    if not piece:
        return
    phase = state.extra.get("phase", "start")
    if phase == "answer":
        add_answer(state, piece)
        return
    text = state.extra.pop("held", "") + piece
    if phase == "start":
        _begin(state, text)
    else:
        _think(state, text)


def _begin(state: StreamState, text: str) -> None:
    bare = text.lstrip()
    if bare.startswith(OPEN):
        state.extra["phase"] = "thinking"
        _think(state, bare.removeprefix(OPEN))
    elif OPEN.startswith(bare):
        state.extra["held"] = text
    else:
        state.extra["phase"] = "answer"
        add_answer(state, text)


def _think(state: StreamState, text: str) -> None:
    inside, closed, after = text.partition(CLOSE)
    if closed:
        state.add_thinking(inside)
        state.extra["phase"] = "after"
        text = after
    if state.extra["phase"] == "after":  # the line breaks between thinking and answer belong to neither
        text = text.lstrip()
        if text:
            state.extra["phase"] = "answer"
            add_answer(state, text)
        return
    size = held_back(text, CLOSE)
    state.add_thinking(text[: len(text) - size])
    if size:
        state.extra["held"] = text[len(text) - size :]


def note_thinking(state: StreamState) -> None:
    """How long the model thought: from its first thought to the last one that came before anything else, in `thinking_ms`."""
    if not state.thoughts.length or state.extra.get("has_thought"):
        return
    now = time.monotonic()
    begun = state.extra.setdefault("thinking_from", now)
    state.extra["thinking_ms"] = round((now - begun) * 1000)
    state.extra["has_thought"] = bool(state.answer.length)


def release_held(state: StreamState) -> None:
    """The stream is over: what only might have been a tag is text after all."""
    held = state.extra.pop("held", "")
    if state.extra.get("phase") == "thinking":
        state.add_thinking(held)
    elif held.strip():
        add_answer(state, held)
    if rest := sieve_of(state).end():
        state.add_text(rest)


MOST_CALLS = 128  # of one answer: nobody asks for more, and each piece is compared with all


def add_tool_calls(calls: list[dict[str, Any]], pieces: Any) -> None:
    for piece in pieces if isinstance(pieces, list) else []:
        if isinstance(piece, dict) and len(calls) < MOST_CALLS:
            _add_piece(_call_for(calls, piece), piece)


def _call_for(calls: list[dict[str, Any]], piece: dict[str, Any]) -> dict[str, Any]:
    """The call that a piece goes on with: by index, but a new id begins a new call."""
    index, ident = piece.get("index"), text_of(piece.get("id"))
    name = text_of(_body(piece).get("name"))
    known = next(
        (call for call in reversed(calls) if (ident and call["id"] == ident) or (index is not None and call["index"] == index)), None
    )
    if known is None and index is None and not ident and calls:
        known = calls[-1]
    if known is None or (ident and known["id"] not in {"", ident}) or (not ident and name and _is_whole(known, name)):
        known = {"index": index, "id": "", "type": "function", "name": "", "arguments": ""}
        calls.append(known)
    return known


def _is_whole(call: dict[str, Any], name: str) -> bool:
    """Whether another name means another call: servers without ids send each call in one piece."""
    if not call["name"] or call["name"] != name:
        return bool(call["name"])
    try:
        json.loads(call["arguments"])
    except ValueError:
        return False
    return True


def _body(piece: dict[str, Any]) -> dict[str, Any]:
    body = piece.get("function") or piece.get("custom")
    return body if isinstance(body, dict) else {}


def _add_piece(call: dict[str, Any], piece: dict[str, Any]) -> None:
    body = _body(piece)
    call["id"] = call["id"] or text_of(piece.get("id"))
    if isinstance(piece.get("custom"), dict):
        call["type"] = "custom"
    call["name"] = call["name"] or text_of(body.get("name"))
    given = body.get("input") if call["type"] == "custom" else body.get("arguments")
    call["arguments"] += given if isinstance(given, str) else json.dumps(given) if given is not None else ""


def tool_call_of(call: dict[str, Any]) -> dict[str, Any]:
    """An assembled call in OpenAI's shape."""
    body = {"name": call["name"], "input" if call["type"] == "custom" else "arguments": call["arguments"]}
    return {"id": call["id"], "type": call["type"], call["type"]: body}
