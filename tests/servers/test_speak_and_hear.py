"""The whole way on the built-in provider: a person's recording is heard, corrected and exported; a spoken text is heard again."""

import pytest
import webvtt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.speech.models import JOINING, Speech, Take
from apps.speech.models import PARENT as TAKE
from apps.transcription.models import CUTTING, PARENT, PREPARING, Recording, Transcript
from engines.tests.conftest import HEARER, SPEAKER
from tests.servers.running import Server
from tests.servers.test_talk_to_servers import added, as_admin  # noqa: F401  # fixtures
from tests.speech_samples import LONG_TEXT, SpeechSample, kept, words_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def server(engines_server: Server) -> Server:
    return engines_server


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def carry_out(kind: str, other: str, pk: object) -> None:
    """What workers do, until nothing is left to do."""
    for _round in range(10):
        work_now(kind, pk)
        work_now(other, pk)
        waiting = list(Run.objects.filter(status="queued").values_list("pk", flat=True))
        if not waiting:
            return
        execute(waiting)


def heard_in(client, body: bytes, name: str, model: object) -> Transcript:
    """Upload it, press Transcribe."""
    client.post(reverse("transcription:upload"), {"file": SimpleUploadedFile(name, body, "audio/wav")})
    recording = Recording.objects.latest("pk")
    work_now(PREPARING, recording.pk)
    chosen = {"model": str(model), "shown.model": ""}
    answer = client.post(reverse("transcription:start"), {"recordings": str(recording.pk), "key": name, **chosen})
    row = Transcript.objects.latest("pk")
    assert answer.status_code == 303 and str(row.pk) in answer.url, answer.content.decode()
    carry_out(PARENT, CUTTING, row.pk)
    row.refresh_from_db()
    assert row.state == "ready", row.sentence
    return row


def read(row: Transcript) -> str:
    return " ".join(row.segments.order_by("start").values_list("text", flat=True))


def test_a_person_is_heard_corrected_and_exported(added, as_admin, speech_sample: SpeechSample, tmp_path):  # noqa: F811
    model = added.models.get(name=HEARER).pk
    row = heard_in(as_admin, speech_sample.path.read_bytes(), "Talk.wav", model)
    assert words_of(read(row)) == words_of(speech_sample.words)
    first = row.segments.order_by("start").first()
    as_admin.post(reverse("transcription:segment", args=[row.pk, first.pk]), {"text": "Tried & <ever>?", "was": first.text})
    first.refresh_from_db()
    assert (first.text, first.heard != first.text) == ("Tried & <ever>?", True)
    for kind, parse in (("srt", webvtt.from_srt), ("vtt", webvtt.read)):
        content = b"".join(as_admin.get(reverse("transcription:export", args=[row.pk, kind])))
        path = tmp_path / f"exported.{kind}"
        path.write_bytes(content)
        cues = parse(str(path))
        assert "Tried" in cues[0].text and cues[-1].end_in_seconds <= speech_sample.seconds + 0.1


def test_a_spoken_text_is_heard_again(added, as_admin):  # noqa: F811
    speaker, hearer = (added.models.get(name=name).pk for name in (SPEAKER, HEARER))
    chosen = {"model": str(speaker), "shown.model": "", "response_format": "wav", "voice": "heart"}
    as_admin.post(reverse("speech:new"), {"text": LONG_TEXT, "key": "k", **chosen})
    take = Take.objects.get(speech=Speech.objects.get())
    carry_out(TAKE, JOINING, take.pk)
    take.refresh_from_db()
    assert take.state == "ready" and take.seconds > 20, take.sentence
    sound = b"".join(as_admin.get(reverse("speech:file", args=[take.pk])).streaming_content)
    assert kept(LONG_TEXT, read(heard_in(as_admin, sound, "Spoken.wav", hearer))) >= 0.95
