"""A transcript of a recording as rows, with sound in a real file, as workers leave it."""

import io
import math
import struct
import wave
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import Membership
from apps.providers.models import Provider
from apps.transcription.models import Recording, Segment, Transcript, Translation
from apps.transcription.translations import print_of

CAFE = (
    (0.0, 4.2, "A", "How did the first set of plates hold up after a full season?"),
    (5.0, 14.6, "B", "Better than the ones we had before. We lost maybe four out of sixty, and two of those were my fault."),
    (15.0, 22.0, "B", "What I did not like was the first delivery. It came on a Saturday at noon, eleven boxes, in the middle of it all."),
    (22.4, 30.0, "B", "So if you could agree a delivery time with us, ideally Tuesday before ten, that would already make it easy."),
    (30.5, 34.0, "A", "That is easy to change. And the colours, would you order the same ones again?"),
    (34.4, 39.0, "B", "The sage green, yes, without a second thought."),
)  # fmt: skip


def tone(seconds: float, rate: int = 8000) -> bytes:
    """A WAV of a quiet hum, louder in the middle of each second."""
    body = io.BytesIO()
    with wave.open(body, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = (math.sin(2 * math.pi * 220 * n / rate) * 6000 * abs(math.sin(math.pi * n / rate)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", int(sample)) for sample in samples))
    return body.getvalue()


def words_of(start: float, end: float, text: str, likelihood: float | None = None) -> list[list[Any]]:
    """Words with times, each as long as the others."""
    told = text.split()
    step = (end - start) / max(len(told), 1)
    return [[word, round(start + step * n, 3), round(start + step * n + step * 0.8, 3), likelihood] for n, word in enumerate(told)]


def keep_recording(membership: Membership, *, seconds: float | None = 40.0, sound: bytes = b"", **fields: Any) -> Recording:
    peaks = bytes(min(255, int(40 + 200 * abs(math.sin(n / 17) * math.sin(n / 5)))) for n in range(1000))
    facts: dict[str, Any] = {"kind": "uploaded", "state": "ready", "name": "Café owner interview", "content_type": "audio/wav"}
    facts |= {"size": len(sound), "peaks": peaks}
    row = Recording(team=membership.team, person=membership.user, seconds=seconds, **{**facts, "key": str(timezone.now()), **fields})
    if sound:
        row.file.save("sound.wav", ContentFile(sound), save=False)
    row.save(force_insert=True)
    return row


def keep_transcript(
    membership: Membership,
    provider: Provider,
    spoken: Sequence[tuple[float, float, str, str]] = CAFE,
    *,
    with_words: bool = True,
    recording: Recording | None = None,
    **fields: Any,
) -> Transcript:
    """`spoken`: from, to, label of the speaker, words."""
    recording = recording or keep_recording(membership)
    told = {"model": "whisper-1", "model_label": "Whisper", "state": "ready", "language": "en", "finished_at": timezone.now()}
    told |= {"has_words": with_words, "has_speakers": any(label for *_times, label, _text in spoken), "key": str(timezone.now())}
    row = Transcript.objects.create(
        team=membership.team, person=membership.user, provider=provider, recording=recording, **{**told, **fields}
    )
    Segment.objects.bulk_create(
        Segment(
            transcript=row, start=start, end=end, speaker=label, text=text, heard=text,
            words=words_of(start, end, text, 0.9 if row.has_likelihoods else None) if with_words else [],
        )
        for start, end, label, text in spoken
    )  # fmt: skip
    return row


def keep_translation(transcript: Transcript, membership: Membership, language: str = "de", **fields: Any) -> Translation:
    texts = {str(row.pk): f"{language}: {row.text}" for row in transcript.segments.all()}
    prints = {str(row.pk): print_of(row.text) for row in transcript.segments.all()}
    told = {"model": "plain-1", "state": "ready", "texts": texts, "prints": prints, "key": f"{language}-{timezone.now()}"}
    return Translation.objects.create(
        transcript=transcript, person=membership.user, provider=transcript.provider, language=language, **{**told, **fields}
    )
