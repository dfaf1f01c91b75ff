"""What a single key does, for the sheet on `?` and its page. The script is js/keys.js."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.pages import pages_for


@dataclass(frozen=True, slots=True)
class Key:
    """`strokes` follow one another; `then` stands between them."""

    strokes: tuple[Any, ...]
    does: Any
    joint: Any = ""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """`on`: the page that has them, by the name of its address; its list alone shows them, beside the whole list of Help."""

    title: Any
    keys: tuple[Key, ...]
    on: str = ""


EVERYWHERE = KeyGroup(
    _("Everywhere"),
    (
        Key(("/",), _("Search or jump")),
        Key((_("Ctrl"), "K"), _("Search or jump, also while you write")),
        Key(("n",), _("New on this page")),
        Key(("s",), _("Settings or details at the side")),
        Key(("t",), _("Light or dark")),
        Key(("?",), _("This list")),
    ),
)
WRITING = KeyGroup(
    _("While you write or wait"),
    (
        Key((_("Enter"),), _("Send")),
        Key((_("Shift"), _("Enter")), _("New line")),
        Key(("↑",), _("Edit your last question, where nothing is typed")),
        Key((_("Esc"),), _("Close what is open, else stop the answer, else empty the search")),
    ),
)
LISTS = KeyGroup(
    _("In lists"),
    (
        Key(("j",), _("Next row")),
        Key(("k",), _("Previous row")),
        Key(("↑", "↓"), _("Next or previous model or result")),
        Key((_("Enter"),), _("Open or choose it")),
    ),
)
PAINTING = KeyGroup(
    _("While you paint on a picture"),
    (
        Key(("b",), _("Brush")),
        Key(("e",), _("Eraser")),
        Key(("r",), _("Rectangle")),
        Key(("l",), _("Lasso")),
        Key(("[",), _("Smaller brush")),
        Key(("]",), _("Larger brush")),
        Key(("+",), _("Zoom in; − zooms out, 0 shows all")),
        Key((_("Ctrl"), "Z"), _("Undo; with Shift redo")),
    ),
)
LISTENING = KeyGroup(
    _("While you listen to a transcript"),
    (
        Key((_("Space"),), _("Play or pause")),
        Key(("←", "→"), _("5 seconds back or on")),
        Key(("[", "]"), _("Slower or faster")),
        Key(("e",), _("Correct the segment")),
        Key((_("Enter"),), _("Play from a time; save a text")),
        Key((_("Shift"), _("Enter")), _("Split a text at the cursor; the hit before")),
        Key((_("Ctrl"), "Z"), _("Undo; with Shift redo")),
    ),
    on="transcription:transcript",
)
ON_PAGES = (LISTENING,)


def key_groups(membership: Any, on: str | None = None) -> list[KeyGroup]:
    """All keys; those that go to a page for the pages that this member has. `on`: only what one page has, by the name of its address."""
    going = tuple(Key(("g", page.key), page.title, _("then")) for page in pages_for(membership) if page.key)
    return [
        EVERYWHERE,
        *([KeyGroup(_("Go to"), going)] if going else []),
        WRITING,
        LISTS,
        PAINTING,
        *(group for group in ON_PAGES if on in (None, group.on)),
    ]
