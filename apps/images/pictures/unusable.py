"""Why a file cannot be taken, in one sentence that says what to do."""

from django.utils.translation import gettext as _


class Unusable(ValueError):
    """`sentence` is for a person; `kind` is one lowercase word for code: "empty", "too_large", "svg", "damaged" …"""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


def too_intricate() -> Unusable:
    """For files that hold next to no picture and very much of something else."""
    return Unusable("too_intricate", _("This file holds much more than a picture. Save it again as PNG or JPEG, and upload that."))


def damaged(name: str) -> Unusable:
    """`name` is the format as people write it."""
    return Unusable(
        "damaged", _("This %(name)s file is damaged or not complete. Export it again, or upload another copy.") % {"name": name}
    )


def measure(size: tuple[int, int]) -> str:
    """For a person: `6,000 by 4,000` with the sign for times."""
    return f"{size[0]:,} × {size[1]:,}"
