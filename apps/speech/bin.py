"""Texts that people delete, with all that was spoken of them."""

from typing import Final

from django.utils.translation import gettext_lazy

from apps.accounts.bin import Bin
from apps.speech.models import Speech

SPEECHES: Final = Bin(Speech, gettext_lazy("Spoken texts"))
