"""The work of the child that reads. All of it is short: who wants more asks again. A job and its answer are plain JSON.

{"kind": "measure", "texts"}              → {"tokens": how many each text has}
{"kind": "embed", "texts", "dimensions"}  → {"vectors": each as base64 of little-endian float32}
"""

import base64
import pathlib
from typing import Any

import numpy as np

from engines.child import Tell
from engines.reading.sentences import Sentences


class Worker:
    """Does jobs, one after the other, all with the one sentence model."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        self.sentences = Sentences(weights, threads)

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        work = {"measure": self.measure, "embed": self.embed}[job["kind"]]
        return work(job)

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        return {"tokens": [self.sentences.count_tokens(text) for text in job["texts"]]}

    def embed(self, job: dict[str, Any]) -> dict[str, Any]:
        vectors = self.sentences.vectors_of(job["texts"])
        if job["dimensions"] < vectors.shape[1]:
            vectors = vectors[:, : job["dimensions"]]
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return {"vectors": [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]}
