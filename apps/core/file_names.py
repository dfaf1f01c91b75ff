"""Names of files: what a person may read again of a name that came from somewhere, and what every system takes."""

from typing import Final

from django.utils.translation import gettext as _

JOINER: Final = "\u200d"  # holds the parts of one emoji together
UNSAFE: Final = frozenset('\\/:*?"<>|')
RESERVED: Final = frozenset({"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))})
LONGEST_STEM: Final = 160  # bytes of a name; a disk takes 255, and a number and an ending follow
LONGEST_ENDING: Final = 12  # characters, with its dot


def without_folders(typed: str) -> str:
    return typed.replace("\\", "/").rsplit("/", 1)[-1]


def readable(typed: str, most: int) -> str:
    """Without what nobody sees: controls, and marks that turn the direction of what follows."""
    plain = "".join(letter if letter.isprintable() or letter == JOINER else " " for letter in typed)
    return " ".join(plain.split())[:most].strip()


def shortened(name: str, most: int) -> str:
    """The ending stays: it tells what it is."""
    ending = ending_of(name)
    return f"{name[: most - len(ending)].rstrip()}{ending}" if len(name) > most else name


def ending_of(name: str) -> str:
    """`.jsonl`; nothing where there is none, or what follows the last dot is no ending."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending}" if stem and dot and ending.isalnum() and len(ending) < LONGEST_ENDING else ""


def safe_stem(text: str, otherwise: str = "") -> str:
    """Without what some system cannot have in the name of a file. `otherwise`: what goes before a name that a system keeps for itself."""
    plain = "".join(letter if letter.isprintable() and letter not in UNSAFE else " " for letter in text)
    short = " ".join(plain.split()).encode()[:LONGEST_STEM].decode(errors="ignore").strip(" .")
    return short if short and short.partition(".")[0].lower() not in RESERVED else f"{otherwise or _('File')} {short}".strip()
