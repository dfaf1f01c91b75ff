"""How much of everything. Known on both sides of the pipe; needs no package."""

MOST_TEXTS = 512
MOST_CHARACTERS = 100_000
MOST_CHARACTERS_TOGETHER = 400_000
# OpenAI's own limits for pictures.
MOST_PICTURES = 1
MOST_PICTURE_BYTES = 20 * 1024 * 1024
MOST_JSON_BYTES = 32 * 1024 * 1024
# How much is judged in one go: a few tenths of a second, after which others have their turn.
PASSAGES_TOGETHER = 16
