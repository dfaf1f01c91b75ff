"""The two models that make pictures."""

from engines.studio_model import About

CHILD = "engines.images.child"
ILLUSTRATION = About(
    "procedural-illustration",
    "Procedural illustration, no image model: paints the mood of the words, never the subject. "
    "Varies a picture by cropping, mirroring and recolouring it",
    frozenset({"images/generations", "images/variations"}),
    ("numpy", "PIL", "onnxruntime", "tokenizers", "python_multipart"),
    ("embeddings",),
    CHILD,
)
REMOVE_AND_FILL = About(
    "remove-and-fill",
    "Remove and fill, no image model: removes what is painted over and fills it from the surroundings; the words do nothing. "
    "Without a mask the words change the colours, nothing else",
    frozenset({"images/edits"}),
    ("numpy", "PIL", "patchmatch", "python_multipart"),
    (),
    CHILD,
)
