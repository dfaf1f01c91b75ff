"""JSONL files that teach a model or ask it many things: checked line by line, and mended. Standard library and orjson; no Django, no app.

A file is a stranger's and may have gigabytes: it is read once, one line after the other, and what is kept of it is bounded. What is found
is told as codes with a line and values (`problems.CODES`); the words for them are whoever asks'.

Reading         lines (one after the other), faults (where a text stops being JSON)
Rules           talks (what may be said where), messages (who says what), tools, tuning (examples to learn from), batches (requests),
                evals (rows of an evaluation), values (what lines are made of)
Answers         problems, report, checking
Mending         fixing
"""

from jsonl.batches import ENDPOINTS
from jsonl.checking import METHODS, check, method_of
from jsonl.fixing import FIXES, Fixed, fix
from jsonl.lines import LONGEST, Line, lines
from jsonl.problems import CODES, Problem
from jsonl.report import Longest, Report

__all__ = [
    "CODES",
    "ENDPOINTS",
    "FIXES",
    "LONGEST",
    "METHODS",
    "Fixed",
    "Line",
    "Longest",
    "Problem",
    "Report",
    "check",
    "fix",
    "lines",
    "method_of",
]
