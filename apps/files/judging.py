"""What is taken as a file, and the sentence for what is not."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.core.file_names import ending_of, readable, shortened, without_folders
from apps.files.models import File
from apps.files.purposes import BY_WORD
from apps.providers.models import Provider

LONGEST_NAME: Final = 200
AN_HOUR, MOST_DAYS = 3_600, 30
LIFETIMES: Final = (AN_HOUR, MOST_DAYS * 24 * AN_HOUR)  # seconds: the shortest and the longest that a provider takes


class Refused(Exception):
    """Not taken, and this is why. Whatever is here already stays."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


@dataclass(frozen=True, slots=True)
class Announced:
    """What a browser says of a file before it sends any of it. `provider`: where it is to go, nowhere by default."""

    name: str
    size: int | None
    content_type: str = ""
    key: str = ""
    purpose: str = ""
    provider: Provider | None = None
    lifetime: int | None = None  # seconds after which the provider shall delete it


def judge(wish: Announced) -> None:
    """Raises Refused."""
    if wish.size is None or wish.size < 0:
        raise Refused(old_page())
    if wish.size == 0:
        raise Refused(is_empty())
    if wish.size > settings.MAX_FILE_BYTES:
        raise Refused(too_large(settings.MAX_FILE_BYTES), 413)
    if wish.purpose and (wish.purpose not in BY_WORD or not BY_WORD[wish.purpose].is_offered):
        raise Refused(old_page())
    if wish.provider is not None:
        _judge_sending(wish, wish.provider)


def _judge_sending(wish: Announced, provider: Provider) -> None:
    purpose = BY_WORD.get(wish.purpose)
    if purpose is None:
        raise Refused(_("Choose what %(provider)s shall use it for.") % {"provider": provider})
    if (wish.size or 0) > purpose.most:
        sentence = _("“%(purpose)s” takes at most %(most)s. Choose another purpose, or cut the file into parts.")
        raise Refused(sentence % {"purpose": purpose.title, "most": filesizeformat(purpose.most)}, 413)
    if purpose.endings and ending_of(wish.name).lower() not in purpose.endings:
        sentence = _("“%(purpose)s” takes files that end in %(endings)s. Choose another purpose, or keep it on this server.")
        raise Refused(sentence % {"purpose": purpose.title, "endings": ", ".join(purpose.endings)})
    if wish.lifetime is not None and not LIFETIMES[0] <= wish.lifetime <= LIFETIMES[1]:
        raise Refused(_("A file stays at a provider for one hour at least and 30 days at most, or for ever."))


def judge_piece(file: File, size: int) -> None:
    """All pieces are alike but for the last one, so that nothing is read twice or left out. Raises Refused."""
    if size > settings.FILE_PIECE_BYTES:
        raise Refused(old_page(), 413)
    if size != min(settings.FILE_PIECE_BYTES, file.size - file.received):
        raise Refused(_("The file on your disk has changed. Choose it again."))


def name_of_file(typed: str) -> str:
    """What a person may read again, without folders; a name that begins with a dash would be an option of a command."""
    name = readable(without_folders(typed), 2 * LONGEST_NAME).lstrip("- ")
    return shortened(name, LONGEST_NAME) or _("File without a name")


def old_page() -> str:
    return _("This page is out of date. Reload it and try again.")


def is_empty() -> str:
    return _("This file is empty.")


def too_large(most: int) -> str:
    return _("This file is larger than %(most)s. Cut it into parts, and bring them one by one.") % {"most": filesizeformat(most)}


def disk_is_full() -> str:
    return _("The disk of the server is full. What has arrived is kept. Tell whoever looks after the server, then try again.")
