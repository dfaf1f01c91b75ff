"""Files as ChatGPT's "Export data" gives them, made here."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BEGAN = 1_717_236_000.0  # 1 June 2024, 10:00 UTC
ROOT = "client-created-root"


def message(role: str, text: Any, at: float | None = BEGAN, **more: Any) -> dict[str, Any]:
    """`text`: a string, or the whole content. `more`: "recipient", "metadata" …"""
    content = text if isinstance(text, dict) else {"content_type": "text", "parts": [text]}
    told = {
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "content": content,
        "status": "finished_successfully",
    }
    return told | {"weight": 1.0, "metadata": {}, "recipient": "all"} | more


def node(key: str, parent: str | None, told: Any, children: Sequence[str] = ()) -> dict[str, Any]:
    return {"id": key, "message": told, "parent": parent, "children": list(children)}


def conversation(number: int, mapping: Mapping[str, Any], current: str, **more: Any) -> dict[str, Any]:
    at = BEGAN + number * 3600
    told = {"title": f"Chat {number}", "create_time": at, "update_time": at + 600, "mapping": dict(mapping), "current_node": current}
    key = f"66600000-0000-4000-8000-{number:012d}"
    return told | {"conversation_id": key, "id": key, "default_model_slug": "gpt-4o", "is_archived": False} | more


def in_a_row(number: int, said: Sequence[str], **more: Any) -> dict[str, Any]:
    """Questions and answers by turns."""
    keys = [f"n{number}-{place}" for place in range(len(said))]
    mapping = {ROOT: node(ROOT, None, None, keys[:1])}
    for place, text in enumerate(said):
        about = {"metadata": {"model_slug": "gpt-4o"}} if place % 2 else {}
        told = message("assistant" if place % 2 else "user", text, BEGAN + number * 3600 + place * 10, **about)
        mapping[keys[place]] = node(keys[place], keys[place - 1] if place else ROOT, told, keys[place + 1 : place + 2])
    return conversation(number, mapping, keys[-1] if keys else ROOT, **more)


def as_json(conversations: Iterable[Any]) -> bytes:
    return json.dumps(list(conversations)).encode()


def as_zip(conversations: Iterable[Any], name: str = "conversations.json") -> bytes:
    return packed({"chat.html": b"<html>", name: as_json(conversations), "file-abc.png": b"\x89PNG", "user.json": b"{}"})


def packed(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return target.getvalue()
