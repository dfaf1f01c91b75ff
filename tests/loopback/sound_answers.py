"""What was heard, in each of the forms that can be asked for."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.loopback.frames import delta, frame
from tests.loopback.sound_asks import SoundAsk
from tests.loopback.tones import Word, named

A_SEGMENT = 5  # words
SPEAKERS = ("A", "B")  # who was not named speaks under a letter
UNSURE = 7  # every word whose number can be divided by it has a low likelihood
TOKENS_A_SECOND = 10
LANGUAGES = {False: ("english", "en"), True: ("german", "de")}


def segments_of(words: Sequence[Word]) -> list[dict[str, Any]]:
    groups = [words[at : at + A_SEGMENT] for at in range(0, len(words), A_SEGMENT)]
    return [{"id": number, "start": each[0][1], "end": each[-1][2], "text": " " + text_of(each)} for number, each in enumerate(groups)]


def text_of(words: Sequence[Word]) -> str:
    return " ".join(named(words))


def whole(ask: SoundAsk) -> tuple[bytes, str]:
    """The body of an answer and its content type."""
    text = text_of(ask.words)
    if ask.form in ("text", "srt", "vtt"):
        plain = {"text": f"{text}\n", "srt": _subtitles(ask.words, ","), "vtt": "WEBVTT\n\n" + _subtitles(ask.words, ".")}
        return plain[ask.form].encode(), "text/plain; charset=utf-8"
    answer: dict[str, Any] = {"text": text, "usage": _usage(ask, is_stream=False)}
    if ask.form == "verbose_json":
        answer |= _verbose(ask)
    if ask.form == "diarized_json":
        answer |= {"task": "transcribe", "duration": ask.seconds, "segments": list(_turns(ask))}
    if ask.family == "gpt-transcribe":
        answer["languages"] = [{"code": _language(ask)[1]}] if ask.words else []
    if "include[]" in ask.values and ask.name != "text":
        answer["logprobs"] = [_likelihood(word) for word in ask.words]
    return json.dumps(answer).encode(), "application/json"


def events(ask: SoundAsk) -> Iterator[bytes]:
    """The same as a stream: a delta for each word, segments where they are told, and the end."""
    if ask.name == "chunks":
        yield from _chat_chunks(ask)
        return
    turns = list(_turns(ask))
    for turn, group in zip(turns, _groups(ask.words), strict=True):
        for word in group:
            yield frame(_delta(ask, word, turn["id"]))
        if ask.form == "diarized_json":
            yield frame(turn)
        elif ask.name == "segments":
            yield frame(_full_segment(turn, group))
    done: dict[str, Any] = {"type": "transcript.text.done", "text": text_of(ask.words), "usage": _usage(ask, is_stream=True)}
    if ask.family == "gpt-transcribe":
        done["languages"] = [{"code": _language(ask)[1]}] if ask.words else []
    if "include[]" in ask.values:
        done["logprobs"] = [_likelihood(word) for word in ask.words]
    yield frame(done)


def _groups(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    return (words[at : at + A_SEGMENT] for at in range(0, len(words), A_SEGMENT))


def _delta(ask: SoundAsk, word: Word, segment: str) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "transcript.text.delta", "delta": f" {named([word])[0]}"}
    if "include[]" in ask.values:
        told["logprobs"] = [_likelihood(word)]
    return {**told, "segment_id": segment} if ask.form == "diarized_json" else told


def _turns(ask: SoundAsk) -> Iterator[dict[str, Any]]:
    """Two speakers one after the other, under the names that were given."""
    known = ask.values.get("known_speaker_names[]", [])
    speakers = itertools.cycle((*known[:2], *SPEAKERS)[:2])
    for segment, speaker in zip(segments_of(ask.words), speakers, strict=False):
        yield {**segment, "type": "transcript.text.segment", "id": f"seg_{segment['id']:03}", "speaker": speaker}


def _full_segment(turn: dict[str, Any], words: Sequence[Word]) -> dict[str, Any]:
    """As the built-in models tell it: no speaker, but the words with their times."""
    told = {name: value for name, value in turn.items() if name != "speaker"}
    return {**told, "avg_logprob": -0.2, "words": _words(words)}


def _chat_chunks(ask: SoundAsk) -> Iterator[bytes]:
    """As vLLM streams: pieces of a chat answer."""
    for name in named(ask.words):
        yield delta(ask.model, content=f" {name}")
    yield delta(ask.model, "stop", content="")
    yield b"data: [DONE]\n\n"


def _usage(ask: SoundAsk, *, is_stream: bool) -> dict[str, Any]:
    """Tokens for models that are billed by them, in streams always; else seconds."""
    if not is_stream and (ask.family == "whisper" or ask.form == "diarized_json"):
        return {"type": "duration", "seconds": round(ask.seconds)}
    audio, text = round(ask.seconds * TOKENS_A_SECOND), len(str(ask.values.get("prompt", "")).split())
    made = 3 * len(ask.words)
    details = {"text_tokens": text, "audio_tokens": audio}
    counts = {"input_tokens": audio + text, "output_tokens": made, "total_tokens": audio + text + made}
    return {"type": "tokens", **counts, "input_token_details": details}


def _language(ask: SoundAsk) -> tuple[str, str]:
    return LANGUAGES[ask.name == "foreign"]


def _verbose(ask: SoundAsk) -> dict[str, Any]:
    asked = ask.values.get("timestamp_granularities[]") or ["segment"]
    told = {"seek": 0, "tokens": [], "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.4, "no_speech_prob": 0.01}
    task = "translate" if ask.act == "translations" else "transcribe"
    answer: dict[str, Any] = {"task": task, "language": _language(ask)[0], "duration": ask.seconds}
    if "segment" in asked:
        segments = [{**told, **segment} for segment in segments_of(ask.words)]
        answer["segments"] = [_spoilt(segment) for segment in segments] if ask.name == "odd" else segments
    if "word" in asked:
        answer["words"] = _words(ask.words)
    return answer


def _spoilt(segment: dict[str, Any]) -> dict[str, Any]:
    """Times that cannot be: none, backwards, before the beginning, far behind the end; by turns, the words stay right."""
    faults: list[dict[str, Any]] = [
        {"start": None, "end": None},
        {"start": segment["end"], "end": segment["start"]},
        {"start": -5.0},
        {"end": 1e9},
        {"start": str(segment["start"]), "avg_logprob": "NaN"},
    ]
    return {**segment, **faults[segment["id"] % len(faults)]}


def _words(words: Sequence[Word]) -> list[dict[str, Any]]:
    return [{"word": name, "start": start, "end": end} for name, (_number, start, end) in zip(named(words), words, strict=True)]


def _likelihood(word: Word) -> dict[str, Any]:
    token = f" {named([word])[0]}"
    return {"token": token, "logprob": -2.0 if word[0] % UNSURE == 0 else -0.01, "bytes": list(token.encode())}


def _subtitles(words: Sequence[Word], mark: str) -> str:
    rows = segments_of(words)
    return "".join(
        f"{each['id'] + 1}\n{_stamp(each['start'], mark)} --> {_stamp(each['end'], mark)}\n{each['text'].strip()}\n\n" for each in rows
    )


def _stamp(seconds: float, mark: str) -> str:
    whole_ms = round(seconds * 1000)
    return f"{whole_ms // 3_600_000:02}:{whole_ms // 60_000 % 60:02}:{whole_ms // 1000 % 60:02}{mark}{whole_ms % 1000:03}"
