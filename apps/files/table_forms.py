"""How the columns of a table become lines of JSON, as a person says it, and what comes of its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import rows
from apps.files import kinds
from apps.files.content import opened
from apps.files.models import File

FIRST: Final = 3
LONGEST: Final = 5_000  # letters of the same words for every line
METHODS: Final = (
    ("chat", gettext_lazy("Examples to teach a model")),
    ("preference", gettext_lazy("A better and a worse answer each")),
    ("batch", gettext_lazy("Requests of a batch")),
)
ENDPOINTS: Final = ("/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/completions", "/v1/moderations")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a line that a column fills. `guesses`: names of columns that are taken for it."""

    name: str
    label: Any
    guesses: tuple[str, ...]
    is_needed: bool = True


INSTRUCTIONS: Final = Slot("instructions", gettext_lazy("Instructions"), ("instructions", "system", "developer"), is_needed=False)
QUESTION: Final = Slot("question", gettext_lazy("Question"), ("question", "prompt", "input", "user", "customer", "text", "message"))
SLOTS: Final[Mapping[str, tuple[Slot, ...]]] = {
    "chat": (
        INSTRUCTIONS,
        QUESTION,
        Slot("answer", gettext_lazy("Wanted answer"), ("answer", "completion", "output", "assistant", "reply")),
    ),
    "preference": (
        INSTRUCTIONS,
        QUESTION,
        Slot("preferred", gettext_lazy("Better answer"), ("preferred", "chosen", "better", "answer")),
        Slot("other", gettext_lazy("Worse answer"), ("other", "rejected", "worse", "non_preferred")),
    ),
    "batch": (
        INSTRUCTIONS,
        QUESTION,
        Slot("custom_id", gettext_lazy("Name of the request"), ("custom_id", "id", "key", "name", "number"), is_needed=False),
    ),
}


GUESSES: Final = frozenset(guess for slots in SLOTS.values() for slot in slots for guess in slot.guesses)


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen. `columns`: slot -> number of a column from 1, 0 for none. `errors`: field -> sentence."""

    method: str
    columns: dict[str, int]
    instructions: str
    endpoint: str
    model: str
    has_header: bool
    errors: dict[str, str]

    def as_kept(self) -> dict[str, Any]:
        names = ("method", "columns", "instructions", "endpoint", "model", "has_header")
        return {name: getattr(self, name) for name in names}


def look_at(file: File) -> rows.Look:
    """The first rows. Raises rows.Unreadable, FileNotFoundError."""
    with opened(file) as source:
        head = source.read(kinds.HEAD)
    look = kinds.first_rows(head, FIRST)
    if look.shape.has_header or not _names(look.records[0].cells):
        return look
    return kinds.first_rows(head, FIRST, replace(look.shape, has_header=True))


def _names(cells: Sequence[str]) -> bool:
    """Whether two of them are what such columns are called."""
    return len({_plain(cell) for cell in cells} & GUESSES) > 1


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


def choices_of(posted: Mapping[str, str], look: rows.Look) -> Choices:
    """What a form says; what it leaves out is guessed from the names of the columns."""
    method = posted.get("method", "chat")
    method = method if method in SLOTS else "chat"
    columns = {slot.name: _column(posted, slot, look) for slot in SLOTS[method]}
    endpoint = posted.get("endpoint", ENDPOINTS[0])
    return Choices(
        method,
        columns,
        rows.clean(posted.get("instructions", "")).strip(),
        endpoint if endpoint in ENDPOINTS else ENDPOINTS[0],
        rows.clean(posted.get("model", "")).strip()[:200],
        posted.get("has_header", "1" if look.shape.has_header else "0") == "1",
        _errors(posted, method, columns),
    )


def _column(posted: Mapping[str, str], slot: Slot, look: rows.Look) -> int:
    typed = posted.get(f"column-{slot.name}")
    if typed is not None:
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 and int(typed) <= len(look.columns) else 0
    names = [_plain(name) for name in look.columns]
    guessed = next((names.index(guess) + 1 for guess in slot.guesses if guess in names), 0)
    return guessed or _by_place(slot, look)


def _by_place(slot: Slot, look: rows.Look) -> int:
    """Two columns without telling names are a question and an answer."""
    place = {"question": 1, "answer": 2}.get(slot.name, 0)
    return place if not any(look.columns) and len(look.columns) == 2 else 0


def _errors(posted: Mapping[str, str], method: str, columns: Mapping[str, int]) -> dict[str, str]:
    errors = {
        f"column-{slot.name}": _("Choose the column that holds it.") for slot in SLOTS[method] if slot.is_needed and not columns[slot.name]
    }
    taken = [number for number in columns.values() if number]
    if not errors and len(set(taken)) < len(taken):
        errors["columns"] = _("One column is chosen twice. Choose another for each.")
    if method == "batch" and not posted.get("model", "").strip():
        errors["model"] = _("Type the name of the model that is to answer.")
    if len(posted.get("instructions", "")) > LONGEST:
        errors["instructions"] = _("These instructions are too long: at most 5,000 characters.")
    return errors
