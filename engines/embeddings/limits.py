"""How much of everything, as OpenAI limits it. That of one text is the model's own (`engines.reading.limits`)."""

MOST_TEXTS = 2048
MOST_TOKENS_TOGETHER = 300_000
# How much is read in one go: a few tenths of a second, after which others have their turn.
MEASURED_TOGETHER = 64
TOKENS_TOGETHER = 1024
