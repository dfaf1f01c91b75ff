"""How much of everything. Where nothing else is said, the limits are OpenAI's."""

MB = 1024 * 1024
MOST_BYTES = 512 * MB
MOST_BATCH_BYTES = 200 * MB
# What a form may hold beside its file.
MOST_AROUND_BYTES = MB
MOST_PER_PAGE = 10_000
LEAST_SECONDS, MOST_SECONDS = 3_600, 2_592_000
BATCH_SECONDS = MOST_SECONDS
# Ours: OpenAI tells no limit.
MOST_NAME = 512
SWEEP_SECONDS = 60.0
