"""OpenAI's categories, and from which score each counts as found. Needs no package."""

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
# On the scale of our answers everything is found from here on; on that of the models each has its own place.
FOUND_FROM = 0.5
# Words about groups of people are rated high also where they are only named.
TEXT_FOUND_FROM = {"harassment": 0.5, "harassment/threatening": 0.4, "hate": 0.7, "hate/threatening": 0.4, "violence": 0.5}
TEXT_FOUND_ELSE = 0.55
PICTURE_FOUND_FROM = 0.8


def level(score: float, found_from: float) -> float:
    if score < found_from:
        return score / found_from * FOUND_FROM
    return FOUND_FROM + (score - found_from) / (1 - found_from) * (1 - FOUND_FROM)


def level_text(scores: dict[str, float]) -> dict[str, float]:
    return {name: level(score, TEXT_FOUND_FROM.get(name, TEXT_FOUND_ELSE)) for name, score in scores.items()}
