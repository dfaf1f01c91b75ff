"""What files are for, and what that means for them."""

from engines.errors import ApiError, invalid
from engines.files.limits import BATCH_SECONDS, MOST_BATCH_BYTES

ACCEPTED = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
MADE_BY_US = ("assistants_output", "batch_output", "fine-tune-results")
JSONL = {"batch", "fine-tune", "evals"}
# "assistants" is refused by OpenAI's own pages, "user_data" by what its service answers since August 2025. Files of other
# purposes are given out: people report that pictures for "vision" are, its guides fetch what the code interpreter made
# ("assistants_output"), and nothing is told of the rest. The console offers to fetch by the same rule.
NEVER_GIVEN_OUT = {"assistants", "user_data"}


def check_purpose(purpose: str) -> str:
    if purpose in MADE_BY_US:
        raise invalid(f"Files for '{purpose}' are made by the service and cannot be uploaded.", "purpose")
    if purpose not in ACCEPTED:
        listed = ", ".join(f"'{each}'" for each in ACCEPTED)
        raise invalid(f"'purpose' is '{purpose[:60]}'; it must be one of {listed}.", "purpose")
    return purpose


def check_format(purpose: str, name: str, param: str) -> None:
    if purpose in JSONL and not name.lower().endswith(".jsonl"):
        raise invalid(f"A file for '{purpose}' must be JSONL: its name must end in .jsonl.", param, "invalid_file_format")


def check_size(purpose: str, size: int, param: str) -> None:
    if purpose == "batch" and size > MOST_BATCH_BYTES:
        raise ApiError(413, f"A file for 'batch' may have {MOST_BATCH_BYTES} bytes at most.", code="request_too_large", param=param)


def default_seconds(purpose: str) -> int | None:
    """After how long a file goes when nobody said so; None for never."""
    return BATCH_SECONDS if purpose == "batch" else None
