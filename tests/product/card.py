"""The card of one run as the page would show it, put together from the events alone."""

import html
import json
import re

from tests.product.live import Event

TAG = re.compile(r"<[^>]*>")
BLOCKS = re.compile(r'<div class="blocks"[^>]*>(.*)</div><div class="draft"[^>]*>(.*)</div>', re.DOTALL)
WORD = re.compile(r"w(\d{4,})")


def plain(markup: str) -> str:
    """The text of a piece of HTML."""
    return html.unescape(TAG.sub("", markup))


def words_in(text: str) -> list[int]:
    """The numbers of the provider's words, in their order."""
    return [int(number) for number in WORD.findall(text)]


class Card:
    """Takes events as they come; `text` is what a person would read at that moment."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.committed = self.draft = self.state = self.ended = ""
        self.starts = 0
        self.is_done = False

    def take(self, event: Event) -> None:
        if event.name == "":
            key, piece = json.loads(event.data)
            self.draft += piece if key == self.run_id else ""
        elif event.name == f"start-{self.run_id}":
            self._start(event.data)
        elif event.name == f"commit-{self.run_id}":
            self.committed += "\n" + plain(event.data)
        elif event.name == f"draft-{self.run_id}":
            self.draft = plain(event.data)
        elif event.name == f"state-{self.run_id}":
            self.state = plain(event.data)
        elif event.name == f"end-{self.run_id}":
            self.ended = event.data
        elif event.name == "done":
            self.is_done = True

    def _start(self, markup: str) -> None:
        self.starts += 1
        found = BLOCKS.search(markup)
        blocks, draft = found.groups() if found else ("", markup)
        self.committed, self.draft = plain(blocks), plain(draft)

    @property
    def text(self) -> str:
        return plain(self.ended) if self.ended else f"{self.committed}\n{self.draft}"

    @property
    def words(self) -> list[int]:
        return words_in(self.text)

    @property
    def is_unbroken(self) -> bool:
        """Whether the words are 1, 2, 3 … so far: nothing missing, nothing twice."""
        return self.words == list(range(1, len(self.words) + 1))
