"""How near a name is to what was typed: what begins with it comes first, then what has a word that does, then the rest.

The picker sorts by the same rule in the browser (`static/js/picker.js`).
"""

from collections.abc import Iterable


def nearness(typed: str, names: Iterable[str]) -> int:
    """0: a name begins with it; 1: a word in a name does; 2: it stands elsewhere, if at all. Capitals make no difference."""
    typed = typed.lower()
    return min((_of_one(typed, name.lower()) for name in names), default=2)


def _of_one(typed: str, name: str) -> int:
    if name.startswith(typed):
        return 0
    at = name.find(typed)
    while at > 0:
        if not name[at - 1].isalnum():
            return 1
        at = name.find(typed, at + 1)
    return 2
