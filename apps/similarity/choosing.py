"""With which model and size the next rows are compared: kept in the session. And what that would cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from apps.accounts.access import may
from apps.accounts.models import Role
from apps.core.lists import Brought
from apps.providers import desks
from apps.providers.chosen import Kind
from apps.providers.facts import Facts
from apps.providers.similarity_settings import SIMILARITY_SETTINGS
from apps.runs.costs import tokens_in
from apps.runs.services import fresh_key
from apps.similarity.forms import MOST_ROWS
from apps.similarity.models import digest_of
from apps.similarity.planning import Text, bounds_of, calls_of, settings_of

COMPARING: Final = Kind("embeddings", SIMILARITY_SETTINGS)
MOST_COUNTED: Final = 10**9


class Desk(desks.Desk):
    """What a person has chosen in this team."""

    session_key = "similarity"
    kind = COMPARING


@dataclass(frozen=True, slots=True)
class Counted:
    """How much there is to read: rows, different texts, tokens (about), and calls with the chosen model."""

    rows: int = 0
    tokens: int = 0
    calls: int = 0


def counted(texts: Iterable[str], desk: Desk) -> Counted:
    """What these texts need, each asked for once."""
    rows = 0
    once: dict[str, Text] = {}
    for text in texts:
        rows += 1
        digest = digest_of(text)
        if digest not in once:
            once[digest] = Text(digest, tokens_in(text))
    chosen = desk.chosen
    facts = chosen.choice.facts if chosen.choice else Facts()
    calls = calls_of(once.values(), bounds_of(facts, settings_of(facts, chosen.parameters)))
    return Counted(rows, sum(text.tokens for text in once.values()), len(calls))


def lines_in(text: str) -> list[str]:
    """Of what is being typed, those that have a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for line in lines if line.strip()]


def counted_before(post: Mapping[str, Any]) -> Counted | None:
    """Of a file that was looked at: as the page has it, since a file is not sent again for each change of a setting."""
    found = [str(post.get(f"seen.{name}", "")) for name in ("rows", "tokens", "calls")]
    if not all(value.isascii() and value.isdigit() and len(value) < 10 for value in found):
        return None
    return Counted(*(min(int(value), MOST_COUNTED) for value in found))


def texts_of(brought: Brought) -> Iterable[str]:
    return (row.text for row in brought.rows)


def panel_context(desk: Desk, much: Counted | None = None, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the settings at the right show, and what the click would cost."""
    panel, much = desk.panel(errors), much or Counted()
    choice = panel["chosen"].choice
    prices = choice.facts.prices if choice else Facts().prices
    return {
        **panel,
        "settings_url": reverse("similarity:settings"),
        "counted": much,
        "most_rows": MOST_ROWS,
        "first_too_many": MOST_ROWS + 1,
        "is_free": prices.is_free,
        "cost": prices.cost_of_tokens(much.tokens),
        "price": prices.input,
        "can_price": may(desk.request.membership, Role.ADMIN),
        "key": fresh_key(),
    }
