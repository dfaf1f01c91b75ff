"""How much of everything. Known on both sides of the pipe; needs no package."""

# What the sentence model was trained on; it reads nothing further back.
MOST_TOKENS = 256
DIMENSIONS = 384
# Whoever sends megabytes as one text is told so after a look at their beginning, before they fill the memory.
LONGEST_WHOLE = 20_000
