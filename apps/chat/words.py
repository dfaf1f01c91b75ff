"""Words as the search of chats compares them, the same on both databases.

A word counts by its beginning, without capitals and accents. Scripts that write without blanks, or glue endings
to their words, are cut into pairs of characters: so a part of a Korean or Chinese phrase is found wherever it stands.
The databases get finished words and cut nothing themselves.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db import models

DENSE: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
# Vowels and the like that scripts of India and its neighbours write on their letters: Python counts them among what is no letter.
# Accents, and what only joins two letters, are gone before (`fold`).
MARKS: Final = "".join(
    mark
    for mark in map(chr, range(0x0700, 0x12000))
    if unicodedata.category(mark) in {"Mn", "Mc"} and not unicodedata.combining(mark) and not "\ufe00" <= mark <= "\ufe0f"
)
JOINERS: Final = re.compile("(?<=[\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?=[\u0900-\u0dff])")  # seen by nobody
LETTER: Final = rf"[^\W_{DENSE}]"
MARKED_SCRIPT: Final = re.compile("[\u0700-\u1cff\ua800-\uabff\U00010a00-\U00011fff]")  # what has such marks; quick to look for
WORD: Final = re.compile(rf"([{DENSE}]+)|({LETTER}+)")
WORD_WITH_MARKS: Final = re.compile(rf"([{DENSE}]+)|({LETTER}+(?:[{MARKS}]+{LETTER}*)*)")  # takes longer
NO_LETTER_BEFORE: Final = rf"(?<!{LETTER})(?<![{MARKS}])"
NO_LETTER_BEHIND: Final = rf"(?!{LETTER})(?![{MARKS}])"
LONGEST_WORD: Final = 40
MOST_BYTES: Final = 600_000  # of one text; PostgreSQL keeps a megabyte of words for a row, with their overhead
MOST_ASKED: Final = 12
OF_TEAM: Final = "\uf8ff"  # no text has it: what follows is the number of a team
TABLE: Final = "chat_said_words"


def fold(text: str) -> str:
    """Without capitals and accents. Mostly as long as the text, so that places in it can be found."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def _pieces(text: str) -> list[tuple[str, str]]:
    """Runs of a dense script, and words of the others; one of the two is empty."""
    folded = fold(text if text.isascii() else JOINERS.sub("", text))
    return (WORD_WITH_MARKS if MARKED_SCRIPT.search(folded) else WORD).findall(folded)


def words_of(text: str) -> Iterator[str]:
    """The words to be found by, repetitions too. A run of dense script gives its pairs, and its last character alone."""
    for dense, plain in _pieces(text):
        if plain:
            yield plain[:LONGEST_WORD]
        else:
            yield from (dense[at : at + 2] for at in range(len(dense)))


def to_keep(text: str) -> str:
    """All different words of a text, apart by blanks."""
    room, kept = MOST_BYTES, dict.fromkeys(words_of(text))
    taken = []
    for word in kept:
        room -= len(word.encode()) + 1
        if room < 0:
            break
        taken.append(word)
    return " ".join(taken)


def asked(text: str) -> list[str]:
    """The words that somebody looks for, at most twelve. A run of dense script gives its pairs, or its only character."""
    found: dict[str, None] = {}
    for dense, plain in _pieces(text):
        pairs = [dense[at : at + 2] for at in range(max(1, len(dense) - 1))] if dense else [plain[:LONGEST_WORD]]
        found |= dict.fromkeys(pairs)
        if len(found) >= MOST_ASKED:
            break
    return list(found)[:MOST_ASKED]


def is_whole(word: str) -> bool:
    """One Latin letter is looked for as a word: by its beginning it would be found in every text."""
    return len(word) == 1 and not re.match(f"[{DENSE}]", word)


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether all these words stand in the text, by the rule of the index."""
    there = set(words_of(text))
    return all(word in there or (not is_whole(word) and any(each.startswith(word) for each in there)) for word in words)


class Words(models.TextField):  # type: ignore[type-arg]  # Django's fields take none when they run
    """Finished words, apart by blanks: a tsvector on PostgreSQL. On SQLite a full-text table beside it follows it by triggers."""

    def db_type(self, connection: Any) -> str | None:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "array_to_tsvector(string_to_array(%s, ' '))" if connection.vendor == "postgresql" else "%s"


def match_of(beginnings: Iterable[str], whole: Iterable[str]) -> str:
    """The question to SQLite's full-text table. Words have no quotes in them."""
    return " ".join([*(f'"{word}"*' for word in beginnings), *(f'"{word}"' for word in whole)])


@Words.register_lookup
class Holds(models.Lookup):
    """`words__holds=(beginnings, whole words)`, on PostgreSQL. SQLite is asked by `match_of`."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        beginnings, whole = self.rhs
        lhs, params = self.process_lhs(compiler, connection)
        query = " & ".join([*(f"'{word}':*" for word in beginnings), *(f"'{word}'" for word in whole)])
        return f"{lhs} @@ %s::tsquery", [*params, query]
