"""One run as one browser sees it: pieces of text in, server-sent events out. Pure, with a clock handed in.

    start-<id>   the whole text so far; the first event of every connection, so that a reconnect
                 needs no memory: nothing is lost and nothing doubled
    commit-<id>  blocks that are finished, sent once
    draft-<id>   the open block, rendered again: at most every 80 ms, more rarely when that is costly
    (no name)    [id, text]: words for the end of the open block, as they come
    state-<id>   what it is doing: waiting, thinking, writing, and how many words

Plain words go out at once and cost nothing to render; a draft follows only when something came that
Markdown could mean something by.
"""

import re
from collections.abc import Callable

import orjson

from apps.runs.live.messages import Message
from apps.runs.markdown import render_once, split_finished

DRAFT_SECONDS = 0.08
STATE_SECONDS = 1.0
COST_FACTOR = 20  # rendering takes at most a twentieth of the time
MEANS_SOMETHING = re.compile(r"[\n*_`\[\]<>|~#:&\\@]|\w\.\w|^\s*\d")
# Where the next word belongs: before the block tags that close the open block.
BLOCK_ENDS = re.compile(
    r"(?:\s*</(?:p|li|ul|ol|blockquote|td|th|tr|tbody|thead|table|h[1-6]|pre|div)>|</span>(?=</code>)|</code>(?=</pre>))+\s*\Z"
)


def event(name: str, html: str) -> str:
    """One server-sent event. Line breaks of the text never end it."""
    lines = html.replace("\r", "").strip("\n").split("\n")
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


class Feed:
    """What one viewer has been told of one run."""

    def __init__(
        self, run_id: str, clock: Callable[[], float], state: Callable[[int, int], str], render: Callable[[str], str] = render_once
    ) -> None:
        """`state` makes the HTML of the state line from counts of words and of characters of thought, `render` that of the text."""
        self.run_id = run_id
        self.known = 0  # characters
        self.words = 0
        self.thinking = 0
        self._clock = clock
        self._state = state
        self._render = render
        self._open = ""  # the block that may still change
        self._fresh = ""  # taken, not yet emitted
        self._owes_draft = False
        self._next_draft = 0.0
        self._next_split = 0.0
        self._next_state = 0.0
        self._told_state = ""

    def start(self, text: str, thinking: int = 0) -> str:
        """Begin, or begin again, with the whole text."""
        self.thinking = thinking
        self._told_state = ""
        return event(f"start-{self.run_id}", self.body(text)) + self._state_event(self._clock())

    def body(self, text: str) -> str:
        """The whole text so far, in the two places that `commit` and `draft` go on filling."""
        self.known, self.words = len(text), len(text.split())
        finished, self._open = split_finished(text)
        self._fresh, self._owes_draft = "", False
        blocks = _block(self._render(finished)) if finished else ""
        return (
            f'<div class="blocks" sse-swap="commit-{self.run_id}" hx-swap="beforeend">{blocks}</div>'
            f'<div class="draft" sse-swap="draft-{self.run_id}" hx-swap="innerHTML">{self._draft()}</div>'
        )

    def take(self, message: Message) -> bool:
        """Add a piece. False if something before it is missing: then begin again from the row."""
        if message.at > self.known:
            return False
        self.thinking = max(self.thinking, message.thinking)
        piece = message.text[self.known - message.at :]
        self.known += len(piece)
        self._fresh += piece
        return True

    def catch_up(self, text: str) -> None:
        """Take what a row knows more."""
        if len(text) > self.known:
            self.take(Message(self.known, text[self.known :]))

    def emit(self) -> str:
        """The events for everything taken since the last time, and for drafts that have become due."""
        now = self._clock()
        piece, self._fresh = self._fresh, ""
        out = ""
        if piece:
            self._open += piece
            self.words += len(piece.split())
            out = self._commit(piece, now)
            if not out:
                out = self._tail(piece)
        if self._owes_draft and now >= self._next_draft:
            out += self._draft_event()
        return out + self._state_event(now)

    def retell(self, state: Callable[[int, int], str]) -> str:
        """The state line by what the row says now."""
        self._state, self._next_state = state, 0.0
        return self._state_event(self._clock())

    def due_in(self) -> float | None:
        """Seconds until `emit` has something to say by itself."""
        return max(0.0, self._next_draft - self._clock()) if self._owes_draft else None

    def _tail(self, piece: str) -> str:
        self._owes_draft = self._owes_draft or MEANS_SOMETHING.search(piece) is not None
        return f"data: {orjson.dumps([self.run_id, piece]).decode()}\n\n"

    def _commit(self, piece: str, now: float) -> str:
        """Send finished blocks for good, and the rest of the text as the new draft."""
        if ("\n" not in piece and "\n" not in self._open) or now < self._next_split:
            return ""
        finished, rest = split_finished(self._open)
        self._next_split = now + COST_FACTOR * (self._clock() - now)
        if not finished:
            return ""
        self._open = rest
        return event(f"commit-{self.run_id}", _block(self._render(finished))) + self._draft_event()

    def _draft_event(self) -> str:
        began = self._clock()
        html = self._draft()
        ended = self._clock()
        self._owes_draft = False
        self._next_draft = ended + max(DRAFT_SECONDS, COST_FACTOR * (ended - began))
        return event(f"draft-{self.run_id}", html)

    def _draft(self) -> str:
        """The open block with an empty place, right after its last word, where the next words go."""
        tail = f'<span class="tail" id="tail-{self.run_id}"></span>'
        html = self._render(self._open)
        html = html.rstrip("\n") if html.endswith(">\n") else html  # the line break behind a tag is none of the text
        end = BLOCK_ENDS.search(html)
        at = end.start() if end else len(html)
        if html[:at].endswith("\n") and not self._open.endswith("\n"):
            html, at = html[: at - 1] + html[at:], at - 1  # an open code block gets a line break of its own
        if self._open[-1:].isspace() and not html[:at][-1:].isspace():
            tail = f" {tail}"  # Markdown drops the space that the next word needs
        return _block(f"{html[:at]}{tail}{html[at:]}")

    def _state_event(self, now: float) -> str:
        if now < self._next_state and self._told_state:
            return ""
        html = self._state(self.words, self.thinking)
        self._next_state = now + STATE_SECONDS
        if html == self._told_state:
            return ""
        self._told_state = html
        return event(f"state-{self.run_id}", html)


def _block(html: str) -> str:
    """htmx leaves what is inside alone, whatever a model wrote."""
    return f'<div class="block" hx-disable>{html}</div>'
