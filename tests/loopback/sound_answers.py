"""What was heard, in each of the forms that can be asked for."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.loopback.frames import frame
from tests.loopback.tones import Word, named

A_SEGMENT = 5  # words
SPEAKERS = ("A", "B")
UNSURE = 7  # every seventh word has a low likelihood


def segments_of(words: Sequence[Word]) -> list[dict[str, Any]]:
    groups = [words[at : at + A_SEGMENT] for at in range(0, len(words), A_SEGMENT)]
    return [{"id": number, "start": each[0][1], "end": each[-1][2], "text": " " + text_of(each)} for number, each in enumerate(groups)]


def text_of(words: Sequence[Word]) -> str:
    return " ".join(named(words))


def whole(words: Sequence[Word], seconds: float, values: dict[str, Any], *, task: str = "transcribe") -> tuple[bytes, str]:
    """The body of an answer and its content type."""
    form = values["response_format"]
    if form in ("text", "srt", "vtt"):
        plain = {"text": text_of(words) + "\n", "srt": _subtitles(words, ","), "vtt": "WEBVTT\n\n" + _subtitles(words, ".")}
        return plain[form].encode(), "text/plain; charset=utf-8"
    answer: dict[str, Any] = {"text": text_of(words), "usage": {"type": "duration", "seconds": round(seconds)}}
    if form == "verbose_json":
        answer |= _verbose(words, seconds, values, task)
    if form == "diarized_json":
        told = [{**each, "id": f"seg_{each['id']:03}", "type": "transcript.text.segment"} for each in segments_of(words)]
        answer |= {"task": task, "duration": seconds, "segments": [{**each, "speaker": SPEAKERS[at % 2]} for at, each in enumerate(told)]}
    if "include[]" in values:
        answer["logprobs"] = [_likelihood(word) for word in words]
    return json.dumps(answer).encode(), "application/json"


def events(words: Sequence[Word], seconds: float, values: dict[str, Any]) -> Iterator[bytes]:
    """The same as a stream: a delta for each word, segments where speakers are told, and the end."""
    is_told = values["response_format"] == "diarized_json"
    for at, segment in enumerate(segments_of(words)):
        for word in segment["text"].split():
            yield frame({"type": "transcript.text.delta", "delta": f" {word}"})
        if is_told:
            told = {"type": "transcript.text.segment", "speaker": SPEAKERS[at % 2], **segment, "id": f"seg_{at:03}"}
            yield frame(told)
    yield frame({"type": "transcript.text.done", "text": text_of(words), "usage": {"type": "duration", "seconds": round(seconds)}})


def _verbose(words: Sequence[Word], seconds: float, values: dict[str, Any], task: str) -> dict[str, Any]:
    asked = values.get("timestamp_granularities[]") or ["segment"]
    told = {"seek": 0, "tokens": [], "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.4, "no_speech_prob": 0.01}
    answer: dict[str, Any] = {"task": task, "language": "english", "duration": seconds}
    if "segment" in asked:
        answer["segments"] = [{**told, **segment} for segment in segments_of(words)]
    if "word" in asked:
        answer["words"] = [
            {"word": name, "start": start, "end": end} for name, (_number, start, end) in zip(named(words), words, strict=True)
        ]
    return answer


def _likelihood(word: Word) -> dict[str, Any]:
    return {"token": f" {named([word])[0]}", "logprob": -2.0 if word[0] % UNSURE == 0 else -0.01, "bytes": []}


def _subtitles(words: Sequence[Word], mark: str) -> str:
    rows = segments_of(words)
    return "".join(
        f"{each['id'] + 1}\n{_stamp(each['start'], mark)} --> {_stamp(each['end'], mark)}\n{each['text'].strip()}\n\n" for each in rows
    )


def _stamp(seconds: float, mark: str) -> str:
    whole_ms = round(seconds * 1000)
    return f"{whole_ms // 3_600_000:02}:{whole_ms // 60_000 % 60:02}:{whole_ms // 1000 % 60:02}{mark}{whole_ms % 1000:03}"
