"""The picture models of the loopback provider: each does what its name says. `tests.loopback.images` has the table.

They begin with `gpt-image-` or are `dall-e-2`, so that the shipped table of facts knows what they take. A number behind that
begins another family with other rules, and every behaviour goes with every family: `gpt-image-2-fewer`, `gpt-image-1.5-plain`.
Options stand behind the name as for chat: `gpt-image-slow-delay500`, `gpt-image-429-then-ok-times2-wait1`, `gpt-image-huge-bytes3000000`.
"""

PLAIN = "gpt-image-plain"
ANY_SIZE = "gpt-image-2-plain"
LEGACY = "dall-e-2"
EXACT = "gpt-image-exact"
LINK, GONE_LINK, FOREIGN_LINK, PAGE_LINK = "gpt-image-link", "gpt-image-link-gone", "gpt-image-link-foreign", "gpt-image-link-page"
BLOCKED, BLOCKED_LATE = "gpt-image-blocked", "gpt-image-blocked-late"
REFUSES_QUALITY = "gpt-image-refuses-quality"
SLOW = "gpt-image-slow"
CUT, STALLED, RESET = "gpt-image-cut", "gpt-image-stall", "gpt-image-reset-before"
BROKEN_BASE64, TEXT, SVG, BOMB = "gpt-image-broken-base64", "gpt-image-text", "gpt-image-svg", "gpt-image-bomb"
ONE_BROKEN = "gpt-image-one-broken"
WRONG_SIZE, WRONG_FORMAT = "gpt-image-wrong-size", "gpt-image-wrong-format"
FEWER, NONE = "gpt-image-fewer", "gpt-image-none"
HUGE = "gpt-image-huge"
BUSY_FIRST = "gpt-image-429-then-ok"
WRONG_KEY, NO_CREDIT, FAILING = "gpt-image-401", "gpt-image-quota", "gpt-image-500"
IGNORES_STREAM, HALF_STREAM, WITH_DONE = "gpt-image-ignores-stream", "gpt-image-half-stream", "gpt-image-done"

PICTURE_MODELS = (
    *(PLAIN, ANY_SIZE, LEGACY, EXACT, LINK, GONE_LINK, FOREIGN_LINK, PAGE_LINK, BLOCKED, BLOCKED_LATE, REFUSES_QUALITY, SLOW),
    *(CUT, STALLED, RESET, BROKEN_BASE64, TEXT, SVG, BOMB, ONE_BROKEN, WRONG_SIZE, WRONG_FORMAT, FEWER, NONE, HUGE, BUSY_FIRST),
    *(WRONG_KEY, NO_CREDIT, FAILING, IGNORES_STREAM, HALF_STREAM, WITH_DONE),
)
