"""How much of something has arrived, in words."""

from typing import Final

from django.utils.translation import gettext as _

KILOBYTE: Final = 1024
MEGABYTE: Final = 1024 * 1024


def arrived_of(have: int, of: int) -> str:
    """`24 of 38 MB`; below a megabyte in KB."""
    unit, word = (MEGABYTE, _("MB")) if of >= MEGABYTE else (KILOBYTE, _("KB"))
    return _("%(have)s of %(all)s %(unit)s") % {"have": f"{have // unit:,}", "all": f"{-(-of // unit):,}", "unit": word}
