"""The work of the child that reads. All of it is short: who wants more asks again. A job and its answer are plain JSON.

{"kind": "measure", "texts"}              → {"tokens": how many each text has}
{"kind": "embed", "texts", "dimensions"}  → {"vectors": each as base64 of little-endian float32}
"""

import base64
import functools
import pathlib
from typing import Any

import numpy as np

from engines.child import Tell
from engines.moderations.categories import PICTURE_FOUND_FROM, level, level_text
from engines.reading.limits import MOST_TOKENS
from engines.reading.sentences import Sentences, Vectors
from engines.weights import is_there


class Worker:
    """Does jobs, one after the other, all with the one sentence model."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        self.weights = weights
        self.threads = threads
        self.sentences = Sentences(weights, threads)
        self.phrases: Vectors | None = None

    @functools.cached_property
    def judge_of_texts(self) -> Any:
        from engines.moderations.judging import Judge

        return Judge(self.weights, self.sentences)

    @functools.cached_property
    def judge_of_pictures(self) -> Any:
        from engines.moderations.nudity import Nudity

        return Nudity(self.weights, self.threads)

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]:
        work = {"measure": self.measure, "embed": self.embed, "compare": self.compare, "judge": self.judge, "look": self.look}[job["kind"]]
        return work(job)

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        return {"tokens": [self.sentences.count_tokens(text) for text in job["texts"]]}

    def embed(self, job: dict[str, Any]) -> dict[str, Any]:
        vectors = self.sentences.vectors_of(job["texts"])
        if job["dimensions"] < vectors.shape[1]:
            vectors = vectors[:, : job["dimensions"]]
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return {"vectors": [packed(row) for row in vectors]}

    def compare(self, job: dict[str, Any]) -> dict[str, Any]:
        from engines.images.painting.choosing import PHRASES, texts_of

        if self.phrases is None:
            self.phrases = self.sentences.vectors_of(PHRASES)
        texts = texts_of(job["prompt"])
        vectors = np.concatenate([self.sentences.vectors_of(texts), self.phrases])
        tokens = min(MOST_TOKENS, self.sentences.count_tokens(job["prompt"]))
        return {"texts": [*texts, *PHRASES], "vectors": packed(vectors), "tokens": tokens}

    def judge(self, job: dict[str, Any]) -> dict[str, Any]:
        return {"scores": [level_text(scores) for scores in self.judge_of_texts.scores_of(job["passages"])]}

    def look(self, job: dict[str, Any]) -> dict[str, Any]:
        from engines.images.pictures import open_picture

        path, param = job["picture"]
        image = open_picture(pathlib.Path(path), param)
        if not is_there(self.weights, "moderation-pictures"):
            return {}
        return {"sexual": level(self.judge_of_pictures.score_of(image), PICTURE_FOUND_FROM)}


def packed(vectors: Vectors) -> str:
    return base64.b64encode(vectors.astype("<f4").tobytes()).decode()
