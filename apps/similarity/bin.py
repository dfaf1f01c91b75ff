"""Rows that people delete, with all that was found about them."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from apps.accounts.bin import Bin
from apps.similarity.models import RowSet

SETS: Final = Bin(RowSet, gettext_lazy("Compared rows"), Q(is_going=False))
