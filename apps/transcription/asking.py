"""What is asked of a model with each part: decided by its facts, beside what a person chose."""

from collections.abc import Mapping
from typing import Any, Final

from apps.providers.facts import Facts

TIMES: Final = "timestamp_granularities"
SPEAKERS: Final = "speakers"
FORMAT: Final = "response_format"
OF_TRANSLATION: Final = frozenset({"prompt", "temperature"})
NOT_SENT: Final = frozenset({TIMES, SPEAKERS, FORMAT})


def asked_of(facts: Facts, settings: Mapping[str, Any], *, to_english: bool = False) -> dict[str, Any]:
    """The parameters of a call, without what is told of the part. The most exact times that cost nothing, or that were wanted."""
    sent = {name: value for name, value in settings.items() if name not in NOT_SENT and (not to_english or name in OF_TRANSLATION)}
    formats = facts.values_of(FORMAT)
    if to_english:
        return {**sent, **({FORMAT: "verbose_json"} if "verbose_json" in formats else {})}
    sent |= _form(facts, settings, formats)
    return {**sent, **({"stream": True} if facts.takes("stream") else {})}


def _form(facts: Facts, settings: Mapping[str, Any], formats: list[Any]) -> dict[str, Any]:
    """In which form the answer comes, and what it tells."""
    cut = {"chunking_strategy": "auto"} if facts.takes("chunking_strategy") else {}  # the service wants it for all but short recordings
    if "diarized_json" in formats and wants_speakers(settings):
        return {FORMAT: "diarized_json", **cut}
    if facts.takes("stream") and facts.parameters["stream"].get("segments"):  # what is streamed has times too
        return {**_times(facts, settings), **cut}
    if "verbose_json" in formats:
        return {FORMAT: "verbose_json", **_times(facts, settings), **cut}
    likelihoods = {"include": "logprobs"} if facts.takes("include") and "logprobs" in facts.values_of("include") else {}
    return {**likelihoods, **cut}


def _times(facts: Facts, settings: Mapping[str, Any]) -> dict[str, str]:
    """Times of words where they were wanted, or where they cost no money and nobody chose otherwise."""
    values = facts.values_of(TIMES)
    chosen = settings.get(TIMES) or ("word" if facts.prices.is_free else "segment")
    return {TIMES: chosen} if chosen in values else {}


def wants_speakers(settings: Mapping[str, Any]) -> bool:
    """Whether speakers are to be told apart: they are, unless somebody said no."""
    return settings.get(SPEAKERS, True) not in {False, "no", "off", "false", ""}
