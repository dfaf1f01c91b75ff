"""How much of everything. Where nothing else is said, the limits are OpenAI's."""

MB = 1024 * 1024
MOST_BYTES = 8 * 1024 * MB
MOST_PART_BYTES = 64 * MB
# What a form may hold beside its part.
MOST_AROUND_BYTES = MB
# How long parts may be added.
OPEN_SECONDS = 3600
# Ours. Who sends more has parts of less than a megabyte.
MOST_PARTS = 10_000
MOST_MIME_TYPE = 255
# Ours: how long we remember an upload that has ended, to say so.
REMEMBERED_SECONDS = 30 * 24 * 3600
