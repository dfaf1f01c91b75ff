"""Sources that an answer names: links beside its words, shown as numbered ones. Nothing of them is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from apps.chat.deltas import text_of

MOST: Final = 50
LONGEST_URL: Final = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    title: str


def add_annotations(known: list[dict[str, Any]], told: Any) -> None:
    """Keep the citations of a piece of an answer, each link once."""
    for entry in told if isinstance(told, list) else []:
        source = _read(entry)
        if source and len(known) < MOST and source.url not in [each["url_citation"]["url"] for each in known]:
            known.append({"type": "url_citation", "url_citation": {"url": source.url, "title": source.title}})


def _read(entry: Any) -> Source | None:
    """OpenAI's shape, or the flat one of others. Only web addresses are links."""
    if not isinstance(entry, Mapping):
        return None
    inner = entry.get("url_citation")
    body = inner if isinstance(inner, Mapping) else entry
    url = text_of(body.get("url")).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > LONGEST_URL:
        return None
    return Source(url, " ".join(text_of(body.get("title")).split())[:200] or parts.netloc)


def sources_of(kept: Any) -> list[Source]:
    """For showing. Nothing in it is believed."""
    found = [source for entry in (kept if isinstance(kept, list) else [])[:MOST] if (source := _read(entry))]
    return list({source.url: source for source in found}.values())
