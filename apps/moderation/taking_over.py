"""A conversation or a picture of another page is checked: each message is a row of its own."""

import contextlib
from collections.abc import Callable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import rows
from apps.accounts.access import TeamRequest
from apps.core.handing import HandedPicture, HandedTexts, TooMuch
from apps.core.lists import words_of
from apps.core.storing import DiskFull
from apps.moderation import services
from apps.moderation.choosing import Desk
from apps.moderation.models import Check
from apps.moderation.pictures import Unusable, ready
from apps.moderation.services import Piece, Wish
from apps.providers.choices import ModelChoice
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, key_of

MOST_PICTURES: Final = 20  # of a conversation: as many as the page takes at once


def take_texts(request: TeamRequest, handed: HandedTexts) -> str:
    """Raises TooMuch."""
    choice = _choice(request)
    texts = [Piece(number, text, label[:200]) for number, (label, text) in enumerate(handed.texts, 1) if text.strip()]
    for piece in texts:
        if len(piece.text.encode("utf-8", "replace")) > rows.MOST_BYTES:
            raise TooMuch(words_of(rows.Unreadable("too_large", row=piece.number, limit=rows.MOST_BYTES)))
    pictures = _pictures(handed, choice)
    pieces = [*texts, *pictures]
    if not pieces:
        raise TooMuch(_("There is no text in it that could be checked."))
    left_out = len(handed.pictures) - len(pictures)
    notes = [ngettext("%(n)s picture was not checked.", "%(n)s pictures were not checked.", left_out) % {"n": left_out}] if left_out else []
    return _begun(lambda: services.begin(request.membership, Wish(pieces, handed.title[:200], notes), choice, key_of(handed.key)))


def _pictures(handed: HandedTexts, choice: ModelChoice) -> list[Piece]:
    """Those that this model and a page that waits can take; numbered behind the texts."""
    if not choice.facts.takes("image_url"):
        return []
    found = []
    for number, (label, stored) in enumerate(handed.pictures[:MOST_PICTURES], len(handed.texts) + 1):
        with contextlib.suppress(Unusable, OSError), stored.storage.open(str(stored.name), "rb") as content:
            found.append(Piece(number, "", label[:200], ready(content, label)))
    return found


def take_picture(request: TeamRequest, handed: HandedPicture) -> str:
    """Raises TooMuch."""
    choice = _choice(request)
    if not choice.facts.takes("image_url"):
        raise TooMuch(_("%(model)s checks no pictures. Choose another model on the page of the safety check.") % {"model": choice.label})
    try:
        piece = Piece(1, "", handed.title[:200], ready(handed.content, handed.title))
    except Unusable as error:
        raise TooMuch(str(error)) from error
    return _begun(lambda: services.begin(request.membership, Wish([piece], handed.title[:200]), choice, key_of(handed.key)))


def _choice(request: TeamRequest) -> ModelChoice:
    choice = Desk(request).chosen.choice
    if choice is None:
        raise TooMuch(str(NoModel.sentence))
    return choice


def _begun(begin: Callable[[], Check]) -> str:
    try:
        return reverse("moderation:check", args=[begin().pk])
    except KeyReused as error:
        raise TooMuch(str(KeyReused.sentence)) from error
    except DiskFull as error:
        raise TooMuch(_("There is no room for it on this server. Ask who runs it to make some.")) from error
