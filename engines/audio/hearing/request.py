"""The form of a call that brings sound, checked and turned into values."""

from dataclasses import dataclass
from typing import Any

from engines.audio.limits import MOST_BYTES, MOST_PROMPT
from engines.errors import ApiError, invalid, too_large
from engines.fields import Fields
from engines.form_parts import SentFile
from engines.forms import Form

FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
GRANULARITIES = ("segment", "word")
KNOWN = {
    "file",
    "model",
    "language",
    "prompt",
    "response_format",
    "temperature",
    "timestamp_granularities[]",
    "include[]",
    "stream",
    "chunking_strategy",
}
# Known to OpenAI; taking them in silence would promise something that does not happen.
UNSUPPORTED = {
    "keywords",
    "keywords[]",
    "languages",
    "languages[]",
    "known_speaker_names",
    "known_speaker_names[]",
    "known_speaker_references",
    "known_speaker_references[]",
}
# Some clients leave the brackets out where they send one value.
BARE = {"timestamp_granularities": "timestamp_granularities[]", "include": "include[]"}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for. `granularities` as sent; `has_words` also when likelihoods are wanted, which come word by word."""

    model: str
    file: SentFile
    prompt: str
    temperature: float
    response_format: str
    granularities: frozenset[str]
    has_logprobs: bool
    stream: bool

    @property
    def has_words(self) -> bool:
        return self.has_logprobs or "word" in self.granularities

    def as_job(self) -> dict[str, Any]:
        return {"file": str(self.file.path), "prompt": self.prompt, "temperature": self.temperature, "words": self.has_words}


def read_ask(form: Form) -> Ask:
    fields = form.fields
    for bare, name in BARE.items():
        if fields.has(bare):
            fields.values.setdefault(name, []).append(fields.values.pop(bare))
    file = read_file(form)
    fields.refuse_unknown(KNOWN, unsupported=UNSUPPORTED)
    check_language(fields)
    fields.choice("chunking_strategy", ("auto",), "auto")
    stream = fields.flag("stream")
    response_format = read_format(fields, stream)
    return Ask(
        model=fields.required_text("model"),
        file=file,
        prompt=fields.text("prompt", "", MOST_PROMPT) or "",
        temperature=fields.number("temperature", 0, 1, 0.0) or 0.0,
        response_format=response_format,
        granularities=read_granularities(fields, response_format, stream),
        has_logprobs=read_logprobs(fields, response_format),
        stream=stream,
    )


def read_file(form: Form) -> SentFile:
    if form.fields.has("file"):
        raise invalid("'file' must be a file.", "file", "invalid_type")
    if strange := next((file for file in form.files if file.field != "file"), None):
        raise invalid(f"There is no file '{strange.field}' here.", strange.field, "unknown_parameter")
    if not form.files:
        raise invalid("'file' is missing: send one recording.", "file", "missing_required_parameter")
    if len(form.files) > 1:
        raise invalid("There can be one file only.", "file", "array_above_max_length")
    (file,) = form.files
    if file.size > MOST_BYTES:
        raise too_large_file()
    return file


def too_large_file() -> ApiError:
    error = too_large("'file'", MOST_BYTES)
    error.param = "file"
    return error


def check_language(fields: Fields) -> None:
    language = fields.text("language", "en") or "en"
    if language.lower() not in {"en", "english"}:
        message = (
            f"'language' is '{language[:40]}', but this model hears English only: send 'en', or leave it out if the recording is English."
        )
        raise invalid(message, "language", "unsupported_value")


def read_format(fields: Fields, stream: bool) -> str:
    response_format = fields.text("response_format", "json") or "json"
    if response_format == "diarized_json":
        raise invalid("This model does not tell speakers: 'diarized_json' is not to be had.", "response_format", "unsupported_value")
    if response_format not in FORMATS:
        raise fields.not_among("response_format", response_format, FORMATS)
    if stream and response_format not in {"json", "text"}:
        raise invalid(f"'stream' goes with 'response_format' json or text, not {response_format}.", "response_format")
    return response_format


def read_granularities(fields: Fields, response_format: str, stream: bool) -> frozenset[str]:
    """In a stream they are taken too, which OpenAI does not do: our streams tell segments as they come."""
    name = "timestamp_granularities[]"
    chosen = several_of(fields, name, GRANULARITIES)
    if chosen and response_format != "verbose_json" and not stream:
        raise invalid(f"'{name}' goes with 'response_format' verbose_json, or with 'stream'.", name)
    return chosen or frozenset({"segment"})


def read_logprobs(fields: Fields, response_format: str) -> bool:
    name = "include[]"
    chosen = several_of(fields, name, ("logprobs",))
    if chosen and response_format != "json":
        raise invalid(f"'{name}' goes with 'response_format' json.", name)
    return bool(chosen)


def several_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> frozenset[str]:
    chosen = fields.array(name, 8) or []
    for value in chosen:
        if value not in allowed:
            raise fields.not_among(name, value, allowed)
    return frozenset(chosen)
