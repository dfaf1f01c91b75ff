"""How hurtful words are, by the network of tox-block: two rows of memory cells, one from each end of the text."""

import pathlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engines.moderations.tox_block import ARRAYS
from engines.weights import TOXIC_ARRAYS, TOXIC_WORDS

LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
# Of a longer text it was shown the end.
MOST_WORDS = 100
CELLS = 50
MARKS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))

Numbers = NDArray[np.float32]


class Toxicity:
    """The network of one folder of weights."""

    def __init__(self, weights: pathlib.Path) -> None:
        self.arrays = read_arrays(weights / TOXIC_ARRAYS)
        words = (weights / TOXIC_WORDS).read_bytes().decode().split("\n")
        self.rows = {word: row for row, word in enumerate(words, 1)}

    def scores_of(self, texts: list[str]) -> list[dict[str, float]]:
        """For each text how sure the network is of each of its labels, from 0 to 1."""
        vectors = self.arrays["words"][np.array([self.rows_of(text) for text in texts])]
        # Each cell remembers the strongest that it ever said.
        ahead = self.strongest(vectors, "forward", range(MOST_WORDS))
        back = self.strongest(vectors, "backward", reversed(range(MOST_WORDS)))
        hidden = np.maximum(np.concatenate([ahead, back], 1) @ self.arrays["hidden"] + self.arrays["hidden_bias"], 0)
        sure = 1 / (1 + np.exp(-(hidden @ self.arrays["labels"] + self.arrays["labels_bias"])))
        return [dict(zip(LABELS, map(float, row), strict=True)) for row in sure]

    def rows_of(self, text: str) -> list[int]:
        """The numbers of the known words, as many as the network takes, filled up in front."""
        known = [self.rows[word] for word in text.lower().translate(MARKS).split() if word in self.rows][-MOST_WORDS:]
        return [0] * (MOST_WORDS - len(known)) + known

    def strongest(self, vectors: Numbers, way: str, order: Iterable[int]) -> Numbers:
        memory = self.arrays[f"{way}_memory"]
        inputs = vectors @ self.arrays[f"{way}_input"] + self.arrays[f"{way}_bias"]
        said = np.zeros((len(vectors), CELLS), np.float32)
        kept, best = said.copy(), np.full_like(said, -1)
        for at in order:
            let_in, keep, new, let_out = np.split(inputs[:, at] + said @ memory, 4, axis=1)
            kept = gate(keep) * kept + gate(let_in) * np.tanh(new)
            said = gate(let_out) * np.tanh(kept)
            best = np.maximum(best, said)
        return best


def gate(values: Numbers) -> Numbers:
    """Keras's "hard sigmoid" of those years."""
    opened: Numbers = np.clip(0.2 * values + 0.5, 0, 1)
    return opened


def read_arrays(path: pathlib.Path) -> dict[str, Numbers]:
    content = np.fromfile(path, "<f4")
    arrays, at = {}, 0
    for name, (_, shape) in ARRAYS.items():
        size = int(np.prod(shape))
        arrays[name] = content[at : at + size].reshape(shape)
        at += size
    return arrays
