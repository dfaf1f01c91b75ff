"""What may be wrong with texts: by words that hurt, and by likeness to examples."""

import math
import pathlib

import numpy as np
from numpy.typing import NDArray

from engines.moderations.examples import EXAMPLES, HARMLESS
from engines.moderations.toxicity import Toxicity
from engines.reading.sentences import Sentences

# How alike a text must be to an example, how much more than to what is harmless, and how steeply that counts.
ALIKE, MORE_ALIKE, STEEPNESS = 0.44, 0.04, 14


class Judge:
    """Scores from 0 to 1 by OpenAI's categories. Swearing alone is nothing: the label "obscene" is used for none of them."""

    def __init__(self, weights: pathlib.Path, sentences: Sentences) -> None:
        self.toxicity = Toxicity(weights)
        self.sentences = sentences
        self.examples = {name: sentences.vectors_of(texts) for name, texts in EXAMPLES.items()}
        self.harmless = sentences.vectors_of(HARMLESS)

    def scores_of(self, passages: list[str]) -> list[dict[str, float]]:
        learnt = map(categories_of, self.toxicity.scores_of(passages))
        vectors = self.sentences.vectors_of(passages)
        return [merge(each, self.likeness_of(vector)) for each, vector in zip(learnt, vectors, strict=True)]

    def likeness_of(self, vector: NDArray[np.float32]) -> dict[str, float]:
        calm = float((self.harmless @ vector).max())
        return {name: rate(float((examples @ vector).max()), calm) for name, examples in self.examples.items()}


def categories_of(labels: dict[str, float]) -> dict[str, float]:
    threat, hate = labels["threat"], labels["identity_hate"]
    return {
        "harassment": labels["insult"],
        "harassment/threatening": min(threat, max(labels["insult"], labels["toxic"])),
        "hate": hate,
        "hate/threatening": min(hate, threat),
        "violence": threat,
    }


def rate(alike: float, calm: float) -> float:
    return 1 / (1 + math.exp(-STEEPNESS * min(alike - ALIKE, alike - calm - MORE_ALIKE)))


def merge(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
    """The higher of both for each category."""
    return {name: max(first.get(name, 0.0), second.get(name, 0.0)) for name in {**first, **second}}
