"""What texts mean, as vectors: the small sentence model, loaded when the first text comes."""

import functools
import os
import pathlib

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from engines.weights import SENTENCE_MODEL, SENTENCE_TOKENIZER

# From 1.29 on its packages for Linux tell their maker of every model that is loaded, unless this is set before the import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # type: ignore[import-untyped]

# The model was trained on short texts; what stands further back is not read.
MAX_TOKENS = 256
Vectors = NDArray[np.float32]


class Sentences:
    """The sentence model of one folder of weights. Vectors have length 1, so their product is how alike two texts are."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        self.tokenizer = Tokenizer.from_file(str(weights / SENTENCE_TOKENIZER))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(weights / SENTENCE_MODEL), options, providers=["CPUExecutionProvider"])

    @functools.lru_cache(maxsize=64)  # noqa: B019 -- there is one for as long as the process lives
    def vectors_of(self, texts: tuple[str, ...]) -> Vectors:
        """One row of 384 numbers for each text."""
        encoded = self.tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in encoded], np.int64)
        attended = np.array([each.attention_mask for each in encoded], np.int64)
        asked = {"input_ids": ids, "attention_mask": attended, "token_type_ids": np.zeros_like(ids)}
        states = self.session.run(None, asked)[0]
        pooled = (states * attended[..., None]).sum(1) / attended.sum(1, keepdims=True)
        normed: Vectors = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
        return normed

    def count_tokens(self, text: str) -> int:
        """How many tokens of the text were read."""
        return len(self.tokenizer.encode(text).ids)
