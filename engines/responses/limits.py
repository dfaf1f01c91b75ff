"""How much of everything. Where nothing else is said, the limits are OpenAI's."""

MOST_ITEMS = 4096
MOST_METADATA, MOST_METADATA_KEY, MOST_METADATA_VALUE = 16, 64, 512
LEAST_OUTPUT_TOKENS = 16
KEPT_SECONDS = 30 * 24 * 3600
MOST_PER_PAGE, DEFAULT_PER_PAGE = 100, 20
# Ours: OpenAI tells no limit. Beyond them the oldest go.
MOST_KEPT = 10_000
MOST_KEPT_BYTES = 256 * 1024 * 1024
MOST_IN_BACKGROUND = 32
MOST_ID = 128
MOST_TURNS = 1000
MOST_REFERENCES = 64  # items of other calls: each is looked up by itself
MOST_RECALLED_BYTES = 8 * 1024 * 1024  # of stored items in one request: as much as its body may have
MOST_UNPACKED_BYTES = 64 * 1024 * 1024  # of stored responses that are read for it, with the instructions and tools in them
MOST_CARRIED = 8 * 1024 * 1024  # characters that go to the model; it reads far fewer, and says so
