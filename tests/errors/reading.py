"""What a page says of a call that did not succeed: the sentence, what can be done, and the technical details."""

import html
import re
from dataclasses import dataclass
from typing import Any

BREAK = re.compile(r"</?(p|div|li|td|h\d|section|article|option|summary)\b[^>]*>|<br>")
TAG = re.compile(r"<[^>]+>")
NOTE = re.compile(r'<div class="note (bad|warn|info)"[^>]*>(.*?)</article>', re.DOTALL)
SENTENCE = re.compile(r"<p>(.*?)</p>", re.DOTALL)
DETAILS = re.compile(r'<details class="meta"><summary[^>]*>.*?</summary>(.*?)</details>', re.DOTALL)
ACT = re.compile(
    r'<a class="btn btn-sm" href="(?P<link>[^"]*)">(?P<name>.*?)</a>'
    r'|<form method="post" action="(?P<post>[^"]*)">(?:(?!</form>).)*<button class="btn btn-sm" type="submit">(?P<label>.*?)</button>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Act:
    """A link, or a button that posts."""

    url: str
    posts: bool


@dataclass(frozen=True)
class Note:
    level: str
    sentence: str
    acts: dict[str, Act]
    details: str


def words(markup: str) -> str:
    """The text of a piece of HTML in one line."""
    return " ".join(html.unescape(TAG.sub("", BREAK.sub(" ", markup))).split())


def note_on(page: str) -> Note:
    """The last note of a page."""
    found = NOTE.findall(page)
    assert found, f"no note on the page: {words(page)[-600:]}"
    level, markup = found[-1]
    body = markup.partition('<div class="turn-foot">')[0]
    acts = {words(found["name"] or found["label"]): act_of(found) for found in ACT.finditer(body)}
    sentence, details = SENTENCE.search(body), DETAILS.search(body)
    return Note(level, words(sentence[1]) if sentence else "", acts, words(details[1]) if details else "")


def act_of(found: re.Match[str]) -> Act:
    return Act(html.unescape(found["link"] or found["post"]), found["post"] is not None)


def follow(client: Any, act: Act, key: str = "") -> str:
    """Where an act leads: the page, which has the place that the address names."""
    if act.posts:
        answer = client.post(act.url, {"key": key} if key else {})
        assert answer.status_code in (302, 303), answer.status_code
        return page_at(client, answer.url)
    return page_at(client, act.url)


def page_at(client: Any, url: str) -> str:
    address, _hash, place = url.partition("#")
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    page = str(answer.content.decode())
    assert not place or f'id="{place}"' in page, f"nothing on {address} is called {place}"
    return page
