"""What was heard, in the shapes of an answer that OpenAI has."""

import math
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from engines.audio.hearing.request import Ask
from engines.audio.hearing.subtitles import build_srt, build_vtt

Heard = dict[str, Any]
VERBOSE = ("id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob")


def build_answer(ask: Ask, segments: list[Heard], seconds: float) -> Response:
    if ask.response_format == "text":
        return PlainTextResponse(text_of(segments) + "\n")
    if ask.response_format == "srt":
        return PlainTextResponse(build_srt(segments))
    if ask.response_format == "vtt":
        return PlainTextResponse(build_vtt(segments))
    if ask.response_format == "verbose_json":
        return JSONResponse(build_verbose(ask, segments, seconds))
    return JSONResponse(build_plain(ask, segments, seconds))


def text_of(segments: list[Heard]) -> str:
    return "".join(segment["text"] for segment in segments).strip()


def build_plain(ask: Ask, segments: list[Heard], seconds: float) -> dict[str, Any]:
    logprobs = {"logprobs": [each for segment in segments for each in build_logprobs(segment)]} if ask.has_logprobs else {}
    return {"text": text_of(segments), **logprobs, "usage": build_usage(seconds)}


def build_verbose(ask: Ask, segments: list[Heard], seconds: float) -> dict[str, Any]:
    told: dict[str, Any] = {"task": "transcribe", "language": "english", "duration": seconds, "text": text_of(segments)}
    if "segment" in ask.granularities:
        told["segments"] = [{name: segment[name] for name in VERBOSE} for segment in segments]
    if "word" in ask.granularities:
        told["words"] = [word for segment in segments for word in build_words(segment)]
    return {**told, "usage": build_usage(seconds)}


def build_words(segment: Heard) -> list[dict[str, Any]]:
    """`probability` is not told by OpenAI."""
    return [{**word, "word": word["word"].strip()} for word in segment["words"] or []]


def build_logprobs(segment: Heard) -> list[dict[str, Any]]:
    """One entry for each word: how likely its parts were, on average."""
    told = []
    for word in segment["words"] or []:
        likely = round(math.log(max(word["probability"], 1e-9)), 4)
        told.append({"token": word["word"], "logprob": likely, "bytes": list(word["word"].encode())})
    return told


def build_usage(seconds: float) -> dict[str, Any]:
    return {"type": "duration", "seconds": math.ceil(seconds)}


def build_delta(ask: Ask, segment: Heard, is_first: bool) -> dict[str, Any]:
    logprobs = {"logprobs": build_logprobs(segment)} if ask.has_logprobs else {}
    text = segment["text"].lstrip() if is_first else segment["text"]
    return {"type": "transcript.text.delta", "delta": text, "segment_id": id_of(segment), **logprobs}


def build_segment(ask: Ask, segment: Heard) -> dict[str, Any]:
    """OpenAI tells these of recordings with speakers only; ours come with every stream, and with times of words if asked for."""
    words = {"words": build_words(segment)} if "word" in ask.granularities else {}
    told = {name: segment[name] for name in ("start", "end", "avg_logprob", "no_speech_prob")}
    return {"type": "transcript.text.segment", "id": id_of(segment), "text": segment["text"].strip(), **told, **words}


def build_done(ask: Ask, segments: list[Heard], seconds: float) -> dict[str, Any]:
    return {"type": "transcript.text.done", **build_plain(ask, segments, seconds)}


def id_of(segment: Heard) -> str:
    return f"seg_{segment['id']:03}"
