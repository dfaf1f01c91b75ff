"""Files that people delete. Only our copy can be brought back."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from apps.accounts.bin import Bin
from apps.files.models import File

FILES: Final = Bin(File, gettext_lazy("Files"), Q())
