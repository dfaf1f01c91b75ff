"""The model that tells how near texts are in meaning."""

from engines.studio_model import About

MINILM = About(
    "minilm-l6-v2",
    "all-MiniLM-L6-v2, 22 million parameters: what an English text of up to 256 tokens means, as 384 numbers. Other languages badly",
    frozenset({"embeddings"}),
    ("numpy", "onnxruntime", "tokenizers"),
    ("embeddings",),
    "engines.reading.child",
)
