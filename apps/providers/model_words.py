"""Words for what the table of facts knows: kinds of work, settings of the API, limits, prices.

A name that is not here is shown as the API has it; nothing depends on this list but how pages read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.providers.response_settings import RESPONSE_SETTINGS
from apps.providers.text_settings import SETTINGS

ENDPOINT_WORDS = {
    "chat": _("Chat"),
    "responses": _("Agents and tools"),
    "vision": _("Pictures in"),
    "completions": _("Continue a text"),
    "embeddings": _("Similarity"),
    "rerank": _("Sorting by relevance"),
    "transcription": _("Transcribe"),
    "translation": _("Transcribe to English"),
    "speech": _("Speech"),
    "moderation": _("Safety check"),
    "images.generate": _("Make images"),
    "images.edit": _("Edit images"),
    "images.variations": _("Vary images"),
    "realtime": _("Live talk"),
    "audio_chat": _("Talk by sound"),
    "video": _("Video"),
}
TOKENS, ROOM = ("input", "cached_input", "output"), ("context", "output")
PRICE_WORDS = {
    "input": _("A million tokens sent"),
    "cached_input": _("A million tokens sent again"),
    "output": _("A million tokens written"),
    "training": _("A million tokens learned from"),
    "image": _("A picture"),
    "minute": _("A minute of sound"),
    "million_characters": _("A million characters spoken"),
}
LIMIT_WORDS = {
    "context": _("Room in tokens"),
    "output": _("Longest answer in tokens"),
    "characters": _("Longest text in characters"),
    "inputs": _("Most texts at once"),
    "total": _("Most tokens in one call"),
    "files": _("Most pictures at once"),
    "bytes": _("Largest file in bytes"),
    "mask_bytes": _("Largest mask in bytes"),
    "seconds": _("Longest recording in seconds"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """One setting of the API. `kind`: "range" (from, to), "count" (at most), "values" (one of), "flag" (taken or not)."""

    name: str
    label: Any
    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """The settings, limits and prices that belong to kinds of work."""

    name: str
    title: Any
    endpoints: frozenset[str]
    settings: tuple[Known, ...]
    limits: tuple[str, ...] = ()
    prices: tuple[str, ...] = TOKENS


KINDS = {"choice": "values", "slider": "range", "number": "flag", "words": "count"}
RESPONSE_KINDS = {"switch": "flag", "words": "count"}
GROUPS: tuple[Group, ...] = (
    Group(
        "text",
        _("Text"),
        frozenset({"chat", "responses", "completions", "audio_chat", "realtime"}),
        (
            *(Known(setting.name, setting.label, KINDS[setting.kind]) for setting in SETTINGS),
            Known("max_tokens", _("Longest answer"), "range"),
            Known("max_output_tokens", _("Longest answer"), "range"),
            Known("n", _("How many answers"), "range"),
            Known("response_format", _("Answer as"), "values"),
            Known("tools", _("Tools"), "count"),
            Known("parallel_tool_calls", _("Several tools at once"), "flag"),
            Known("max_tool_calls", _("Most uses of tools"), "range"),
            *(Known(setting.name, setting.label, RESPONSE_KINDS[setting.kind]) for setting in RESPONSE_SETTINGS),
            Known("reasoning_summary", _("Summary of the thinking"), "flag"),
            Known("service_tier", _("Speed class"), "values"),
            Known("file", _("Reads PDF files itself"), "flag"),
            Known("logprobs", _("Word likelihoods"), "flag"),
            Known("top_logprobs", _("Likelihoods of other words"), "range"),
            Known("logit_bias", _("Favour or avoid words"), "flag"),
            Known("best_of", _("Best of several"), "range"),
            Known("echo", _("Repeat the question"), "flag"),
            Known("suffix", _("Text that follows"), "flag"),
            Known("top_k", _("Most words to choose from"), "range"),
            Known("min_p", _("Least likely word"), "range"),
            Known("repetition_penalty", _("Avoid repetition"), "range"),
            Known("metadata", _("Labels at the provider"), "count"),
            Known("prompt_cache_key", _("Key of the cache"), "flag"),
            Known("safety_identifier", _("Mark of the person"), "flag"),
        ),
        ROOM,
        (*TOKENS, "training"),
    ),
    Group(
        "images",
        _("Images"),
        frozenset({"images.generate", "images.edit", "images.variations"}),
        (
            Known("n", _("How many"), "range"),
            Known("size", _("Shape"), "values"),
            Known("quality", _("Quality"), "values"),
            Known("background", _("Background"), "values"),
            Known("output_format", _("File type"), "values"),
            Known("output_compression", _("File size"), "range"),
            Known("input_fidelity", _("Keep faces and logos exact"), "values"),
            Known("complexity", _("Planning"), "values"),
            Known("moderation", _("Safety filter"), "values"),
            Known("partial_images", _("Previews"), "range"),
            Known("style", _("Style"), "values"),
            Known("response_format", _("How it comes back"), "values"),
            Known("image", _("Kinds of pictures to edit"), "values"),
            Known("mask", _("Kinds of masks"), "values"),
            Known("markup", _("Drawing on the picture"), "values"),
        ),
        ("characters", "files", "bytes", "mask_bytes"),
        (*TOKENS, "image"),
    ),
    Group(
        "speech",
        _("Speech"),
        frozenset({"speech"}),
        (
            Known("voice", _("Voice"), "values"),
            Known("instructions", _("Manner"), "count"),
            Known("speed", _("Speed"), "range"),
            Known("response_format", _("File type"), "values"),
            Known("stream_format", _("How it comes back"), "values"),
        ),
        ("characters",),
        (*TOKENS, "minute", "million_characters"),
    ),
    Group(
        "transcription",
        _("Transcribe"),
        frozenset({"transcription", "translation"}),
        (
            Known("file", _("Kinds of files"), "values"),
            Known("language", _("Language"), "flag"),
            Known("languages", _("Several languages"), "flag"),
            Known("prompt", _("Words to spell right"), "flag"),
            Known("keywords", _("Key words"), "flag"),
            Known("response_format", _("Format"), "values"),
            Known("timestamp_granularities", _("Exact times"), "values"),
            Known("temperature", _("Creativity"), "range"),
            Known("include", _("Told as well"), "values"),
            Known("chunking_strategy", _("Cutting into parts"), "values"),
            Known("speakers", _("Tell speakers apart"), "values"),
            Known("known_speaker_names", _("Names of speakers"), "count"),
            Known("known_speaker_references", _("Voices of speakers"), "count"),
            Known("stream", _("Words as they come"), "flag"),
        ),
        ("bytes", "seconds"),
        (*TOKENS, "minute"),
    ),
    Group(
        "embeddings",
        _("Similarity"),
        frozenset({"embeddings"}),
        (Known("dimensions", _("Size"), "range"), Known("encoding_format", _("How it comes back"), "values")),
        ("context", "inputs", "total"),
        ("input",),
    ),
    Group("moderation", _("Safety check"), frozenset({"moderation"}), (Known("image_url", _("Pictures as well"), "flag"),), ("inputs",)),
)


def groups_for(endpoints: Iterable[str]) -> list[Group]:
    """The groups that belong to these kinds of work; that of texts for a kind that has none of its own."""
    found = [group for group in GROUPS if group.endpoints & set(endpoints)]
    return found or [GROUPS[0]]
