"""What a call cost, by what its provider counted: tokens, minutes of sound, characters that were spoken."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from apps.providers.facts import Prices
from apps.providers.models import ModelFact
from apps.runs import services
from apps.runs.costs import cost_of
from apps.runs.executor import execute
from apps.runs.files import NewFile
from tests.loopback.asking_sound import spoken
from tests.loopback.sound_models import FOUR_O, TTS, WHISPER

MINUTE = Prices(others={"minute": Decimal("0.006")})
TOKENS = Prices(Decimal(2), Decimal(8))


@pytest.mark.parametrize(
    ("usage", "prices", "cost", "kind"),
    [
        ({"seconds": 90}, MINUTE, "0.009", "known"),
        ({"seconds": 90}, TOKENS, None, "unknown"),
        ({"seconds": 90}, Prices(is_free=True), "0", "free"),
        ({"input": 1_000, "output": 500}, MINUTE, None, "unknown"),
        ({"input": 1_000, "output": 500}, TOKENS, "0.006", "known"),
        ({"characters": 2_000}, Prices(others={"million_characters": Decimal(15)}), "0.03", "known"),
        ({"characters": 2_000}, MINUTE, None, "unknown"),
        ({"images": 3}, Prices(others={"image": Decimal("0.04")}), "0.12", "known"),
        ({"seconds": 0}, MINUTE, None, "unknown"),
    ],
)
def test_it_counts_by_the_price_that_fits(usage, prices, cost, kind):
    assert cost_of(usage, prices) == (None if cost is None else Decimal(cost), kind)


@pytest.fixture
def carry_out_sound(transactional_db, team, editor, provider):
    """Execute a call for words or for speech at the loopback provider, whose prices these are."""

    def run_to_end(operation, model, params, prices, files=()):
        ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=model, prices={"free": False, **prices})
        common = {"team": team, "person": editor.user, "provider": provider, "key": model}
        run = services.start_run(**common, operation=operation, model=model, params=params, files=files)
        execute([run.pk])
        run.refresh_from_db()
        assert run.status == "completed"
        return run

    return run_to_end


def recording(count):
    name, body, content_type = spoken(count)
    return NewFile("input", name, content_type, ContentFile(body))


def test_sound_that_was_heard_costs_by_the_minute(carry_out_sound):
    run = carry_out_sound("transcription.transcribe", WHISPER, {"response_format": "verbose_json"}, {"minute": "0.6"}, [recording(6)])
    assert (run.usage["seconds"], run.cost_kind, run.cost) == (12, "known", Decimal("0.12"))


def test_sound_without_a_price_for_it_is_not_told_to_be_free(carry_out_sound):
    run = carry_out_sound("transcription.transcribe", FOUR_O, {"stream": True}, {"image": "1"}, [recording(2)])
    assert (run.cost_kind, run.cost) == ("unknown", None)


def test_speech_costs_by_the_character(carry_out_sound):
    text = "Good morning everybody."
    run = carry_out_sound("speech.speak", TTS, {"input": text, "voice": "alloy"}, {"million_characters": "15"})
    assert (run.usage["characters"], run.cost_kind, run.cost) == (len(text), "known", len(text) * Decimal("0.000015"))
