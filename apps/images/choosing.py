"""With which model and settings the next pictures are made, for each of the three pages: kept in the session."""

from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.access import TeamRequest
from apps.providers import desks
from apps.providers.choices import ModelChoice
from apps.providers.chosen import Kind
from apps.providers.image_settings import IMAGE_SETTINGS
from apps.providers.text_settings import Setting

SESSION_KEY: Final = "pictures"
ORIGINAL: Final = "original"  # the shape of the picture that is changed
VARIATIONS: Final = "images.variations"
NOT_OF_MAKING: Final = {"input_fidelity"}
NOT_OF_EDITING: Final = {"style", "moderation"}


def _table(left_out: set[str]) -> tuple[Setting, ...]:
    return tuple(setting for setting in IMAGE_SETTINGS if setting.name not in left_out)


def _as_original(table: tuple[Setting, ...]) -> tuple[Setting, ...]:
    ours: dict[str, Any] = {"ours": ((ORIGINAL, _("As original")),), "default": ORIGINAL, "left_out": ("auto",)}
    return tuple(replace(setting, **ours) if setting.name == "size" else setting for setting in table)


MAKING: Final = Kind("images.generate", _table(NOT_OF_MAKING))
EDITING: Final = Kind("images.edit", _as_original(_table(NOT_OF_EDITING)))
EITHER_WAY: Final = f"{VARIATIONS}|images.edit"
VARYING_BY_CALL: Final = Kind(EITHER_WAY, tuple(setting for setting in IMAGE_SETTINGS if setting.name in {"n", "size"}))
VARYING_BY_EDIT: Final = Kind(EITHER_WAY, EDITING.settings)


def has_variations(choice: ModelChoice) -> bool:
    """Whether the provider has a call for it. Else an edit asks for a variation in words."""
    return choice.is_offered_for(VARIATIONS)


class Desk(desks.Desk):
    """What a person has chosen on one of the three pages."""

    session_key = SESSION_KEY

    def __init__(self, request: TeamRequest, page: str) -> None:
        self.page = page
        super().__init__(request)

    @property
    def place(self) -> str:
        return f"{self.page}:{super().place}"

    @property
    def kind(self) -> Kind:
        if self.page != "vary":
            return MAKING if self.page == "make" else EDITING
        choice = VARYING_BY_CALL.read(self.team, self.saved).choice
        return VARYING_BY_CALL if choice and has_variations(choice) else VARYING_BY_EDIT
