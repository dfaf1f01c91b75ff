"""How much of everything. Known on both sides of the pipe; needs no package."""

# A file, as OpenAI limits it, and the form around it.
MOST_BYTES = 25 * 1024 * 1024
MOST_FORM_BYTES = 32 * 1024 * 1024
# All of it is in memory once it is read. The least is OpenAI's.
MOST_SECONDS = 1800
LEAST_SECONDS = 0.1
# What Whisper hears at, in samples a second.
HEARING_RATE = 16_000
MOST_PROMPT = 16_000
MOST_INPUT = 4096
# What OpenAI lets people choose, and what the voice does by itself; the rest of the way sound is stretched or pressed.
SPEEDS = (0.25, 4.0)
OWN_SPEEDS = (0.5, 2.0)
