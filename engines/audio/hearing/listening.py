"""Whisper through faster-whisper: what is said in samples, segment by segment."""

import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from engines.audio.hearing.speech_spans import Samples, find_speech
from engines.audio.limits import HEARING_RATE as RATE

# As OpenAI does it for 0: from certain to daring, until the text is good enough.
DARING = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Whisper takes half of its context for what was said before; more than that it forgets from the front.
PROMPT_TOKENS = 223
# Words of which less was speech are an invention, made of the prompt or of nothing.
LEAST_SPOKEN = 0.1


class Listener(WhisperModel):
    """The model, kept from losing words.

    faster-whisper goes on reading where it believes that the last word of a window ends. Where it places that word too
    late, it leaves out what is said in between; Whisper's own mark for the end of the segment is the safer one.
    """

    def add_word_timestamps(self, segments: list[list[dict[str, Any]]], *more: Any, **named: Any) -> Any:
        ends = [group[-1]["end"] for group in segments if group]
        told = super().add_word_timestamps(segments, *more, **named)
        for group, end in zip((group for group in segments if group), ends, strict=True):
            for word in group[-1].get("words") or []:
                word["start"], word["end"] = min(word["start"], end), min(word["end"], end)
        return told


def load(folder: pathlib.Path, threads: int) -> Listener:
    return Listener(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def listen(model: Listener, samples: Samples, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Segments as soon as they are heard. Each: id, seek, start, end, text, tokens, words …; times in seconds."""
    speech = find_speech(samples)
    clock = Clock(speech.seconds)
    number = 0
    for start, end in speech.spans():
        for segment in hear(model, samples[round(start * RATE) : round(end * RATE)], job):
            told = describe(segment, start, clock)
            if speech.share(told["start"], told["end"]) > LEAST_SPOKEN:
                yield {"id": number, **told}
                number += 1


def hear(model: Listener, samples: Samples, job: dict[str, Any]) -> Iterable[Segment]:
    segments, _ = model.transcribe(
        samples,
        language="en",
        beam_size=5,
        temperature=DARING if job["temperature"] == 0 else job["temperature"],
        # A loop would feed itself; the prompt is heeded in each window this way, not in the first only.
        condition_on_previous_text=False,
        hotwords=last_words(model, job["prompt"]) or None,
        word_timestamps=job["words"],
    )
    return segments


def last_words(model: Listener, prompt: str) -> str:
    tokens = model.hf_tokenizer.encode(prompt, add_special_tokens=False).ids
    return prompt if len(tokens) <= PROMPT_TOKENS else str(model.hf_tokenizer.decode(tokens[-PROMPT_TOKENS:]))


class Clock:
    """Keeps times inside the recording and in order: no word begins before the one before it has ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.last = 0.0

    def set(self, start: float, end: float) -> tuple[float, float]:
        start = min(max(float(start), self.last), self.seconds)
        self.last = min(max(float(end), start), self.seconds)
        return round(start, 3), round(self.last, 3)


def describe(segment: Segment, offset: float, clock: Clock) -> dict[str, Any]:
    """A segment of a span that begins `offset` seconds into the recording."""
    words = None if segment.words is None else describe_words(segment, offset, clock)
    start, end = (words[0]["start"], words[-1]["end"]) if words else clock.set(offset + segment.start, offset + segment.end)
    return {
        "seek": segment.seek + round(offset * 100),
        "start": start,
        "end": end,
        "text": f" {segment.text.strip()}",
        "tokens": segment.tokens,
        "temperature": segment.temperature,
        "avg_logprob": round(float(segment.avg_logprob), 4),
        "compression_ratio": round(float(segment.compression_ratio), 4),
        "no_speech_prob": round(float(segment.no_speech_prob), 4),
        "words": words,
    }


def describe_words(segment: Segment, offset: float, clock: Clock) -> list[dict[str, Any]]:
    """`word` with the space before it, so that they make the text of the segment when put together."""
    told = []
    for index, word in enumerate(segment.words or []):
        start, end = clock.set(offset + word.start, offset + word.end)
        text = word.word if index else f" {word.word.strip()}"
        told.append({"word": text, "start": start, "end": end, "probability": round(float(word.probability), 4)})
    return told
