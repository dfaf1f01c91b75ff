"""The bounds of the product in these tests: a fifth of the defaults, so that minutes become seconds."""

LEASE, RENEW, SWEEP = 6, 1, 3  # the defaults are 30, 5, 15
FINAL_WITHIN = LEASE + 2 * SWEEP  # the promise is 60 s for 30 + 2 * 15
SILENCE, TOTAL, GRACE = 3, 20, 2
LARGEST = 24_000_000
PIECE = 65_536  # of a file; four of them are a part, more than 16 go in parts

BOUNDS = {
    "RUN_LEASE": str(LEASE),
    "RUN_LEASE_RENEW": str(RENEW),
    "RUN_SWEEP_EVERY": str(SWEEP),
    "RUN_FIRST_BYTE_TIMEOUT": str(SILENCE),
    "RUN_SILENCE_TIMEOUT": str(SILENCE),
    "RUN_TOTAL_TIMEOUT": str(TOTAL),
    "RUN_SHUTDOWN_GRACE": str(GRACE),
    "RUN_MAX_ANSWER_BYTES": str(LARGEST),
    "WORKER_THREADS": "64",
    "FILE_PIECE_BYTES": str(PIECE),
    "FILE_PART_BYTES": str(4 * PIECE),
    "FILE_WHOLE_BYTES": str(16 * PIECE),
}

STEADY = "steady-rate50-tokens60"  # 1.2 s
LONG = "steady-rate20-tokens120"  # 6 s, time enough to break something in its middle
LASTING = "steady-rate10-tokens150"  # 15 s
SILENT = "stall-rate0-tokens2-delay2000"  # nothing for 2 s
BACKGROUND = "steady-delay6000"
CROWD = "steady-rate20-tokens30"
TALKING = [BACKGROUND, STEADY, LONG, LASTING, SILENT, CROWD, "markdown-rate400", "hostile-rate400"]

PICTURES = "gpt-image-plain"
LATE = "gpt-image-slow"  # nothing for 10 s
SLOW_PICTURES = "gpt-image-slow-delay4000"
STALLED_PICTURES = "gpt-image-stall"  # silent in the middle of the last picture
HUGE_PICTURES = "gpt-image-huge-bytes4000000"
HEARING = "whisper-tones"
HEARING_LATE = "whisper-tones-slow-delay4000"
LISTENING = [HEARING, HEARING_LATE]
DRAWING = [PICTURES, LATE, SLOW_PICTURES, STALLED_PICTURES, HUGE_PICTURES]
CHECKING = "omni-moderation-words"
CHECKING_LATE = "omni-moderation-words-slow-delay2500"
MODELS = [*TALKING, *DRAWING, *LISTENING, CHECKING, CHECKING_LATE]
