"""Pictures that people delete. A call that is under way with such a picture has its own copy and goes on."""

from typing import Final

from django.utils.translation import gettext_lazy

from apps.accounts.bin import Bin
from apps.images.models import Picture

PICTURES: Final = Bin(Picture, gettext_lazy("Pictures"))
