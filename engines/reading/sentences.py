"""What texts mean, as vectors: the small sentence model, loaded when the first text comes."""

import os
import pathlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from engines.reading.limits import LONGEST_WHOLE, MOST_TOKENS
from engines.weights import SENTENCE_MODEL, SENTENCE_TOKENIZER

# From 1.29 on its packages for Linux tell their maker of every model that is loaded, unless this is set before the import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # type: ignore[import-untyped]

Vectors = NDArray[np.float32]


class Sentences:
    """The sentence model of one folder of weights. Vectors have length 1, so their product is how alike two texts are.

    A text has the same vector whatever else is read with it, to the last bit.
    """

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        self.counter = Tokenizer.from_file(str(weights / SENTENCE_TOKENIZER))
        self.tokenizer = Tokenizer.from_file(str(weights / SENTENCE_TOKENIZER))
        self.tokenizer.enable_truncation(MOST_TOKENS)
        self.tokenizer.enable_padding()
        self.counter.no_truncation()
        self.counter.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(weights / SENTENCE_MODEL), options, providers=["CPUExecutionProvider"])

    def vectors_of(self, texts: Sequence[str]) -> Vectors:
        """One row of 384 numbers for each text, of which the first 256 tokens are read."""
        encoded = self.tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in encoded], np.int64)
        attended = np.array([each.attention_mask for each in encoded], np.int64)
        asked = {"input_ids": ids, "attention_mask": attended, "token_type_ids": np.zeros_like(ids)}
        states = self.session.run(None, asked)[0]
        pooled = (states * attended[..., None]).sum(1) / attended.sum(1, keepdims=True)
        normed: Vectors = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
        return normed

    def count_tokens(self, text: str) -> int:
        """How many tokens a text has, with the two that mark its ends; of one far too long, how many its beginning has."""
        if len(text) > LONGEST_WHOLE and (begun := self.count_tokens(text[:LONGEST_WHOLE])) > MOST_TOKENS:
            return begun
        return len(self.counter.encode(text).ids)
