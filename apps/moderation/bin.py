"""Checks that people delete, with all that was said of them."""

from typing import Final

from django.utils.translation import gettext_lazy

from apps.accounts.bin import Bin
from apps.moderation.models import Check

CHECKS: Final = Bin(Check, gettext_lazy("Safety checks"))
