"""Sources that an answer names: links beside its words, shown as numbered ones. Nothing of them is fetched. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from apps.chat.deltas import text_of
from apps.runs.storable import clean_text

MOST: Final = 50
LONGEST_ADDRESS: Final = 2_000
LONGEST_TITLE: Final = 200


def add_annotations(known: list[dict[str, Any]], told: Any) -> None:
    """Keep the citations of a piece of an answer, each link once."""
    for source in sources_of(told if isinstance(told, list) else ()):
        if len(known) < MOST and source["url"] not in [each["url_citation"]["url"] for each in known]:
            known.append({"type": "url_citation", "url_citation": source})


def sources_of(annotations: Iterable[Any]) -> list[dict[str, str]]:
    """Each cited page once, in the order in which it was cited: {"url", "title"}. Only addresses that a browser may be sent to."""
    found: dict[str, str] = {}
    for entry in annotations:
        body = _body_of(entry)
        if len(found) < MOST and (address := safe_address(body.get("url"))):
            found.setdefault(address, " ".join(clean_text(text_of(body.get("title"))).split())[:LONGEST_TITLE])
    return [{"url": address, "title": title} for address, title in found.items()]


def _body_of(entry: Any) -> Mapping[str, Any]:
    """Of a citation of a page: chat completions put it into a shell, the Responses API and some others do not."""
    if not isinstance(entry, Mapping) or entry.get("type", "url_citation") != "url_citation":
        return {}
    inner = entry.get("url_citation")
    return inner if isinstance(inner, Mapping) else entry


def safe_address(value: Any) -> str:
    """A whole http or https address; empty for any other."""
    address = text_of(value).strip()
    if len(address) > LONGEST_ADDRESS or any(letter <= " " for letter in address):
        return ""
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return address if is_whole else ""
