"""How it stands with one file as its panel shows it, and what of that is new to a page that looks again."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from apps.files.models import Copy, File, Remote
from apps.files.remote_states import ON_ITS_WAY
from apps.files.telling import Status, is_fetched, sent_of, status_of

QUARTER: Final = 25  # percent: no reader is told of smaller steps


@dataclass(frozen=True, slots=True)
class Standing:
    file: File
    status: Status
    sent: int  # bytes that are through, to the provider or from it

    @property
    def is_under_way(self) -> bool:
        """Whether the provider is asked for something."""
        return is_fetched(self.file) or self.file.remote in {*ON_ITS_WAY, Remote.DELETING}

    @property
    def goes_on(self) -> bool:
        return self.file.deleted_at is None and (self.status.is_going_on or self.is_moving)

    @property
    def is_moving(self) -> bool:
        """What waits because of what its check found waits for a person."""
        return self.is_under_way and not (self.file.remote == Remote.WAITING and self.file.copy == Copy.READY and bool(self.file.flaws))

    @property
    def quarter(self) -> int:
        if not self.file.size or not (self.file.copy == Copy.COMING or self.file.remote == Remote.SENDING):
            return 0
        return 100 * self.sent // self.file.size // QUARTER * QUARTER

    @property
    def word(self) -> str:
        """What a page keeps, and sends when it looks again."""
        file = self.file
        return f"{file.copy}.{file.remote}.{file.deleted_at is not None:d}.{file.flaws or 0}.{self.quarter}"

    def is_other(self, was: str) -> bool:
        return was.rpartition(".")[0] != self.word.rpartition(".")[0]

    def news(self, was: str) -> str:
        """For people who hear the page: a quarter more, or that something has ended."""
        names = {"name": self.file.name, "n": self.quarter}
        if was and self.is_other(was) and not self.goes_on:
            return _("%(name)s was deleted.") % names if self.file.deleted_at else f"{self.file.name}: {self.status.words}"
        if was and not self.is_other(was) and was != self.word and self.quarter:
            return _("%(name)s: %(n)s percent") % names
        return ""


def standing_of(file: File) -> Standing:
    sent = sent_of([file]).get(file.pk, 0)
    return Standing(file, status_of(file, sent), sent if file.remote == Remote.SENDING else file.received)
