"""The models of the loopback provider that check: each does what its name says. `tests.loopback.safety` has the table.

`omni-` takes pictures, `text-` does not. Then comes `moderation-words`, and a behaviour. Options stand behind the name as for chat.
"""

OMNI, TEXT_ONLY = "omni-moderation-words", "text-moderation-words"
SLOW, BUSY, FAILING, KEYLESS = (
    "omni-moderation-words-slow",
    "omni-moderation-words-busy",
    "omni-moderation-words-fails",
    "omni-moderation-words-key",
)
LIMITED, SINGLE, SOUR = "omni-moderation-words-limited-tokens8", "omni-moderation-words-single", "omni-moderation-words-sour"
FEWER, NOTHING, PAGE = "omni-moderation-words-fewer", "omni-moderation-words-nothing", "omni-moderation-words-page"
OWN, ODD, UNNAMED, BACKWARDS = (
    "text-moderation-words-own",
    "omni-moderation-words-odd",
    "text-moderation-words-unnamed",
    "omni-moderation-words-backwards",
)
STRICT, STALLED, FAILING_ALWAYS = "text-moderation-words-strict", "omni-moderation-words-stall", "omni-moderation-words-fails-times1000"
SAFETY_MODELS = (
    *(OMNI, TEXT_ONLY, SLOW, BUSY, FAILING, KEYLESS, LIMITED, SINGLE, SOUR, FEWER, NOTHING, PAGE),
    *(OWN, ODD, UNNAMED, BACKWARDS, STRICT, STALLED, FAILING_ALWAYS),
)
