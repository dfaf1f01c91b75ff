"""The models of the loopback provider that turn texts to numbers: each does what `tests.loopback.embeddings` says of its name."""

WORDS, SIZED = "embed-words", "text-embedding-3-small-words"
FLOATS, SHUFFLED, SHORT, UNNUMBERED, UNEVEN = (
    "embed-words-floats",
    "embed-words-shuffled",
    "embed-words-short",
    "embed-words-unnumbered",
    "embed-words-uneven",
)
NOT_FINITE, ZEROS, TEXT, NOTHING, PAGE = (
    "embed-words-nan",
    "embed-words-zero",
    "embed-words-text",
    "embed-words-nothing",
    "embed-words-page",
)
PICKY, SILENT_PICKY, REFUSING, FAILING, BUSY = (
    "embed-words-picky",
    "embed-words-choosy",
    "embed-words-refuses",
    "embed-words-fails",
    "embed-words-busy",
)
SLOW, SINGLE, KEYLESS = "embed-words-slow", "embed-words-single", "embed-words-key"
EMBEDDING_MODELS = (
    *(WORDS, SIZED, FLOATS, SHUFFLED, SHORT, UNNUMBERED, UNEVEN, NOT_FINITE, ZEROS, TEXT, NOTHING, PAGE),
    *(PICKY, SILENT_PICKY, REFUSING, FAILING, BUSY, SLOW, SINGLE, KEYLESS),
)
