"""The lines of the table of facts, ready to be matched: whose name a pattern fits, and which line counts more.

A provider answers to several names, and a pattern may match any of them: its host, host:port, its
dialect, and "private:<dialect>" when it stands on the team's own network.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from fnmatch import translate
from typing import Any
from urllib.parse import urlsplit

from apps.accounts.models import Team
from apps.providers.models import Model, ModelFact, Provider

WILDCARDS = re.compile(r"[*?]|\[[^]]*\]")
ESCAPED = re.compile(r"\[[*?[]\]")
FINE_TUNED = re.compile(r"ft:([^:]+):")
Names = tuple[str, ...]


class Line:
    """One row of the table, ready to be matched against many models. `literal`: the one name it is about, if it has no wildcards."""

    def __init__(self, row: ModelFact) -> None:
        self.row = row
        self.provider_pattern = _compiled(row.provider_pattern)
        self.model_pattern = _compiled(row.model_pattern)
        is_exact = _specificity(row.model_pattern)[0]
        self.literal = ESCAPED.sub(lambda found: found[0][1], row.model_pattern.lower()) if is_exact else None
        # A team's own line wins over all that ship; then the more a pattern pins down, the more it counts.
        self.rank = (row.team_id is not None, *_specificity(row.model_pattern), *_specificity(row.provider_pattern), row.pk)

    def fits_provider(self, names: Names) -> bool:
        return any(map(self.provider_pattern.match, names))

    def fits_model(self, names: Names) -> bool:
        return any(map(self.model_pattern.match, names))


class Lines:
    """The lines that fit one provider. Those about one model alone are looked up, the others are tried."""

    def __init__(self, lines: Iterable[Line], provider_names: Names) -> None:
        self.literal: dict[str, list[Line]] = {}
        self.patterns: list[Line] = []
        for line in lines:
            if not line.fits_provider(provider_names):
                continue
            if line.literal is None:
                self.patterns.append(line)
            else:
                self.literal.setdefault(line.literal, []).append(line)

    def fitting(self, model_names: Names) -> list[Line]:
        """Those that fit this model, the most specific last."""
        found = [line for line in self.patterns if line.fits_model(model_names)]
        for name in model_names:
            found += self.literal.get(name, ())
        return sorted(found, key=_rank) if len(found) > 1 else found


def own_lines(team: Team) -> list[Line]:
    """The lines that this team wrote or learned. One question to the database."""
    return [Line(row) for row in ModelFact.objects.filter(team=team)]


@functools.cache
def shipped_lines() -> list[Line]:
    """The lines that ship. They change with an upgrade only, so each process reads them once (`forget`)."""
    return [Line(row) for row in ModelFact.objects.filter(team=None)]


@functools.lru_cache(maxsize=64)
def _shipped_of_provider(provider_names: Names) -> Lines:
    return Lines(shipped_lines(), provider_names)


@functools.lru_cache(maxsize=8192)
def shipped_fitting(provider_names: Names, model_names: Names) -> tuple[Line, ...]:
    """The lines that ship and fit this model at this provider, the most specific last."""
    return tuple(_shipped_of_provider(provider_names).fitting(model_names))


def forget() -> None:
    """Read the lines that ship anew."""
    shipped_lines.cache_clear()
    _shipped_of_provider.cache_clear()
    shipped_fitting.cache_clear()


def matched(own: Iterable[Line], models: Iterable[Model]) -> Iterator[tuple[Model, tuple[Line, ...], list[Line]]]:
    """Each model with the lines that ship and those of the team that fit it, the most specific last."""
    own = list(own)
    of_provider: dict[Any, tuple[Names, Lines]] = {}
    for model in models:
        if model.provider_id not in of_provider:
            at = provider_names(model.provider)
            of_provider[model.provider_id] = (at, Lines(own, at))
        at, lines = of_provider[model.provider_id]
        names = model_names(model.name)
        yield model, shipped_fitting(at, names), lines.fitting(names)


def touched_by(own: Iterable[Line], models: Iterable[Model]) -> dict[Any, list[Model]]:
    """Which of these models each line fits, of the team's own and of those that ship, by the id of its row."""
    touched: dict[Any, list[Model]] = {}
    for model, shipped, fitting in matched(own, models):
        for line in (*shipped, *fitting):
            touched.setdefault(line.row.pk, []).append(model)
    return touched


def _rank(line: Line) -> Any:
    return line.rank


def provider_names(provider: Provider) -> Names:
    """What the provider pattern of a line is held against."""
    host = urlsplit(provider.base_url).hostname or ""
    names = (host, host_of(provider), provider.dialect)
    return (*names, f"private:{provider.dialect}") if provider.private_origin else names


def model_names(name: str) -> Names:
    """What the model pattern of a line is held against: a tuned model takes what the model under it takes."""
    name = name.lower()
    base = FINE_TUNED.match(name)
    return (name, base[1]) if base else (name,)


def host_of(provider: Provider) -> str:
    """The host with its port, as typed: enough to tell the providers of a team apart."""
    return urlsplit(provider.base_url).netloc.rpartition("@")[2].lower()


def exact_pattern(text: str) -> str:
    """A pattern that matches this text alone, whatever characters it has."""
    return re.sub(r"([*?[])", r"[\1]", text)


def key_of(team: Team, model: Model) -> dict[str, Any]:
    """What finds the team's own line for exactly this model at this server."""
    patterns = {"provider_pattern": exact_pattern(host_of(model.provider)), "model_pattern": exact_pattern(model.name)}
    return {"team": team, **patterns}


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.lower()))


@functools.lru_cache(maxsize=4096)
def _specificity(pattern: str) -> tuple[bool, int]:
    """Patterns without wildcards count most, then those with more plain characters."""
    plain = ESCAPED.sub(r"x", pattern)
    fixed = WILDCARDS.sub("", plain)
    return fixed == plain, len(fixed)
