"""What the words of a prompt and the phrases that it is held against mean: made by the child that reads, used by the one that paints."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]


class Meanings:
    """Vectors by their texts."""

    def __init__(self, told: dict[str, Any]) -> None:
        vectors = np.frombuffer(base64.b64decode(told["vectors"]), "<f4").reshape(len(told["texts"]), -1)
        self.rows = dict(zip(told["texts"], vectors, strict=True))

    def vectors_of(self, texts: tuple[str, ...]) -> Numbers:
        return np.stack([self.rows[text] for text in texts])
