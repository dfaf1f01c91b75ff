"""In which letters a text is written. Needs no package."""

import re
import unicodedata


def is_latin(text: str) -> bool:
    """Whether no more than half of the letters are of another writing; also if there are none."""
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin * 2 >= len(letters)


def latin_words(text: str) -> str:
    """The text without its words of other writings."""
    return text if text.isascii() else re.sub(r"\S+", lambda word: word[0] if is_latin(word[0]) else "", text)
