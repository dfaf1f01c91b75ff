"""The settings at the right of a page: which model and parameters a person chose there, kept in the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.access import TeamRequest, may
from apps.accounts.models import Role
from apps.providers.chosen import Chosen, Kind, Saved, grouped
from apps.providers.picker import list_for

RESET = "reset"  # the name of the button that forgets the parameters


@dataclass(frozen=True, slots=True)
class Change:
    """What a posted form made of the settings. `is_whole`: more than the foot is another one now."""

    errors: dict[str, str]
    is_whole: bool


class Desk:
    """What a person has chosen on one page of one team. A page says its `kind` and its `session_key`."""

    session_key: str
    outlives_reset = frozenset({"model"})

    def __init__(self, request: TeamRequest) -> None:
        self.request, self.team = request, request.membership.team
        self.saved: Saved = dict(request.session.get(self.session_key, {}).get(self.place, {}))

    @property
    def kind(self) -> Kind:
        raise NotImplementedError

    @property
    def place(self) -> str:
        return str(self.team.pk)

    @property
    def chosen(self) -> Chosen:
        return self.kind.read(self.team, self.saved, self.request.membership)

    @property
    def can_write(self) -> bool:
        return may(self.request.membership, Role.EDITOR)

    def keep(self, saved: Saved) -> None:
        self.saved = saved
        self.request.session[self.session_key] = {**self.request.session.get(self.session_key, {}), self.place: saved}

    def take(self, data: Any) -> dict[str, str]:
        """Keep what a form says. A sentence for each value that cannot be."""
        saved, errors = self.kind.change(self.team, self.saved, data, self.request.membership)
        self.keep(saved)
        return errors

    def panel(self, errors: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What the settings of every page need."""
        chosen = self.chosen
        controls = grouped(self.kind.controls(chosen, errors))
        return {"desk": self, "chosen": chosen, "endpoint": self.kind.endpoint, "can_write": self.can_write, **controls}

    def change(self, data: Any) -> Change:
        """Keep what the form of the settings says; another model and a reset change what else stands there."""
        if RESET in data:
            self.keep({name: value for name, value in self.saved.items() if name in self.outlives_reset})
            return Change({}, is_whole=True)
        errors = self.take(data)
        return Change(errors, is_whole=bool(errors) or data.get("model", "") != data.get("shown.model", ""))


def choose_without_scripts(request: TeamRequest, desk: Desk, action: str, back: str) -> HttpResponse:
    """The models as a page. `action`: where the choice is posted to; `back`: where one came from."""
    models = list_for(desk.team, desk.kind.endpoint, request.membership)
    context = {"models": models, "chosen": desk.chosen.choice, "action": action, "back_url": back}
    return render(request, "providers/picker.html", context)
