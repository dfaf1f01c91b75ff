"""S21: how long the server takes to find words in fifty thousand turns."""

from urllib.parse import quote

from benchmarks.chat import Stage
from benchmarks.pages import measure_page
from benchmarks.report import Figure

TURNS = 50_000
MOST = 200
QUESTIONS = [
    ("a word that every answer has", "harbour"),
    ("a word that few have", "lantern77"),
    ("a word that nothing has", "nosuchword"),
    ("the beginning of many words", "la"),
    ("one letter", "b"),
    ("five words", "harbour+quiet+boat+lemons+letter"),
    ("Korean, one syllable", "배"),
    ("Korean, a part of a word", "항구"),
    ("as many words as it takes", "+".join(f"lantern{each}" for each in range(20))),
]


async def measure_search(stage: Stage) -> list[Figure]:
    stage.product.run_python("-m", "benchmarks.filling_chats", stdin=str(TURNS))
    return [
        await measure_page(stage, f"chats, {what}", f"/chat/past/?q={quote(words, safe='+')}", MOST, "S21") for what, words in QUESTIONS
    ]
