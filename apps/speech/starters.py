"""Texts to begin with."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

# icon, name, text
STARTERS: Final[tuple[tuple[str, Any, Any], ...]] = (
    (
        "megaphone",
        _("Announcement"),
        _("Good morning. The workshop opens at nine today. Coffee is in the kitchen, and the first tour begins at half past ten."),
    ),
    (
        "phone",
        _("Answering machine"),
        _("Thank you for calling. We are out of the office until Monday. Please leave your name and number, and we will call you back."),
    ),
    (
        "book-open",
        _("Story"),
        _("The harbour was quiet when the first boats came in. By nine, everybody had heard the news, and nobody believed it."),
    ),
)

# Manners that show what that setting is for.
MANNERS: Final = (
    _("Warm and close, like a story at bedtime"),
    _("Cheerful and quick, like a morning show"),
    _("Slow and clear, for learners of the language"),
)
