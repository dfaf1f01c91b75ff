import re

import pytest

from apps.providers.models import Model
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.speech import choosing
from apps.speech.models import Take
from tests.loopback.sound_models import SPEAKING_MODELS, TTS

TEXT = "Good morning everybody. The boats are in."


@pytest.fixture
def speaking(transactional_db, provider):
    """The provider, with the models that speak."""
    provider.endpoints = {"speech": {"state": "works"}}
    provider.save()
    Model.objects.bulk_create(Model(provider=provider, name=name) for name in SPEAKING_MODELS)
    return provider


@pytest.fixture
def say(as_editor, speaking):
    """Post the form with a model, as the page does."""

    def post(text=TEXT, model=TTS, voices=("alloy",), key="k1", **more):
        chosen = speaking.models.get(name=model)
        return as_editor.post(
            "/speech/", {"text": text, "voice": list(voices), "key": key, "model": str(chosen.pk), "shown.model": "", **more}
        )

    return post


@pytest.fixture
def short_pieces(monkeypatch):
    """Pieces of a few sentences, so that a long text is not a long test."""
    monkeypatch.setattr(choosing, "LONGEST_PIECE", 450)


@pytest.fixture
def carry_out():
    """Do what workers do until nothing is left to do; the takes of a speech as they are then."""

    def run_to_end(speech=None):
        from apps.runs import followups

        for _round in range(20):
            for pk in Take.objects.filter(state="working").values_list("pk", flat=True):
                followups.work_now("take", pk)
                followups.work_now("joining", pk)
            waiting = list(Run.objects.filter(status="queued").values_list("pk", flat=True))
            if not waiting:
                break
            execute(waiting)
        takes = Take.objects.all() if speech is None else speech.takes.all()
        return list(takes.order_by("position"))

    return run_to_end


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
