"""How much of everything. Known on both sides of the pipe; needs no package."""

MOST_CHARACTERS = 32_000
MOST_PICTURES = 10
MOST_PARTIALS = 3
MOST_SOURCES = 16
# Each picture that is sent, and the mask: OpenAI's own limits. The longest side is ours.
MOST_BYTES = 50 * 1024 * 1024
MOST_MASK_BYTES = 4 * 1024 * 1024
MOST_EDGE = 4096
# A whole form; of JSON, which has to be in memory once, less.
MOST_FORM_BYTES = 256 * 1024 * 1024
MOST_EDIT_JSON_BYTES = 64 * 1024 * 1024
# Sizes of pictures that are made: multiples of a step, not too long, not too flat, not too small.
STEP = 16
MOST_MADE_EDGE = 2048
MOST_RATIO = 4
LEAST_MADE_PIXELS = 256 * 256
DEFAULT_SIZE = (1024, 1024)
MAX_SEED = 2**63 - 1
