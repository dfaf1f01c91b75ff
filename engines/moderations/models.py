"""The model that tells what may be wrong with a text or a picture."""

from engines.studio_model import About

TOX_BLOCK = About(
    "tox-block-moderation",
    "tox-block, 1 million parameters, and likeness to examples. English only; finds less than half of what is unlike them. Of pictures it "
    "tells only whether they are sexual. Not assessed: sexual/minors, self-harm/intent, self-harm/instructions, illicit/violent",
    frozenset({"moderations"}),
    ("numpy", "onnxruntime", "tokenizers", "PIL"),
    ("embeddings", "moderation"),
    "engines.reading.child",
)
