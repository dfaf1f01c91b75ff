"""Decides whether a text is about a tool: by the words they have in common, nothing cleverer.

The model itself cannot decide it (it calls a weather function when asked who it is). A word of the
tool's name counts 2, a word of its description or of its parameters 1; from 2 points on the tool is
taken to be meant, and the tools with the most points win. A question that says the same in other
words is missed; then the model simply answers in words.
"""

import re

from engines.chat.tools import Tool

ENOUGH = 2
WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+")
# Words that stand in every question or every description and say nothing about which tool is meant.
EMPTY_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "a about all an and any are as at be by can could current do does for from get given has have hello hi how i if in into is it "
        "its list make me my name now of on one or please return returns say set should some tell that the their them then there this "
        "to use used user using value was we what when where which who why will with would you your",
    )
)


def likely_tools(text: str, tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    """The tools that `text` is most probably about; empty if none is."""
    said = read_words(text)
    points = {tool.name: count_points(said, tool) for tool in tools}
    best = max(points.values(), default=0)
    return tuple(tool for tool in tools if best >= ENOUGH and points[tool.name] == best)


def count_points(said: set[str], tool: Tool) -> int:
    name = read_words(tool.name)
    described = read_words(" ".join([tool.description, *tool.parameters.get("properties", {})])) - name
    return 2 * len(said & name) + len(said & described)


def read_words(text: str) -> set[str]:
    """The telling words of a text, without their most common endings; camelCase and snake_case are taken apart."""
    words = (word.lower() for word in WORD.findall(text))
    return {stem(word) for word in words if word not in EMPTY_WORDS and (len(word) > 1 or word.isdigit())}


def stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word
