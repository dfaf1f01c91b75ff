"""The settings of hearing and speaking: what each model shows, what may be sent, and how it stands on a page."""

import re

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from apps.providers.audio_settings import SPEECH_SETTINGS, TRANSCRIPTION_SETTINGS
from apps.providers.chosen import Kind
from apps.providers.facts import Facts, facts_for
from apps.providers.languages import CODES, LANGUAGES
from apps.providers.parameters import clean_parameters, settings_for
from apps.providers.services import create_provider, ensure_builtin

HEARING, SPEAKING = Kind("transcription", TRANSCRIPTION_SETTINGS), Kind("speech", SPEECH_SETTINGS)


def shown(facts, table=TRANSCRIPTION_SETTINGS):
    return {setting.name: setting for setting in settings_for(facts, table=table)}


@pytest.fixture
def builtin(team):
    return ensure_builtin(team)


def test_every_language_has_a_name_of_its_own():
    names = [str(name) for _code, name in LANGUAGES]
    assert len(CODES) == len(set(CODES)) == len(set(names)) == 100
    assert not [name for code, name in LANGUAGES if str(name) == code]


def test_languages_stand_in_the_order_of_their_names(team, make_model):
    names = [str(name) for _code, name in shown(facts_for(team, make_model("whisper-1")))["language"].choices]
    assert names == sorted(names) and {"English", "Japanese", "Cantonese"} <= set(names)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("whisper-1", ["language", "timestamp_granularities", "prompt", "temperature"]),
        ("gpt-4o-transcribe", ["language", "prompt", "temperature"]),
        ("gpt-4o-transcribe-diarize", ["language", "speakers", "temperature"]),
        ("gpt-transcribe", ["language", "keywords", "prompt", "temperature"]),
        ("tts-1", []),
    ],
)
def test_a_model_shows_what_it_takes_to_hear(team, make_model, name, settings):
    assert list(shown(facts_for(team, make_model(name)))) == settings


@pytest.mark.parametrize(
    ("name", "settings"), [("tts-1", ["speed", "response_format"]), ("gpt-4o-mini-tts", ["instructions", "speed", "response_format"])]
)
def test_a_model_shows_what_it_takes_to_speak(team, make_model, name, settings):
    assert list(shown(facts_for(team, make_model(name)), SPEECH_SETTINGS)) == settings


def test_where_there_are_key_words_the_other_text_is_what_it_is_about(team, make_model):
    newest, whisper = shown(facts_for(team, make_model("gpt-transcribe"))), shown(facts_for(team, make_model("whisper-1")))
    assert (newest["keywords"].label, newest["prompt"].label) == ("Words to spell right", "What it is about")
    assert whisper["prompt"].label == "Words to spell right"


def test_the_builtin_models_take_little(team, builtin, make_model):
    hears = facts_for(team, make_model("whisper-tiny.en", of=builtin))
    assert (hears.label, hears.endpoints, hears.limits["seconds"]) == ("Whisper tiny, English", ("transcription",), 600)
    assert [code for code, _name in shown(hears)["language"].choices] == ["en"]
    assert not hears.takes("top_p") and hears.prices.is_free
    speaks = facts_for(team, make_model("hibari-tts", of=builtin))
    assert (speaks.label, speaks.endpoints, speaks.values_of("voice")) == ("Hibari, one voice", ("speech",), ["heart"])
    speed = shown(speaks, SPEECH_SETTINGS)["speed"]
    assert (speed.min, speed.max, speaks.limits["characters"], speaks.takes("instructions")) == (0.5, 2, 4096, False)


def test_long_recordings_go_to_some_models_in_parts(team, make_model):
    assert facts_for(team, make_model("gpt-4o-mini-transcribe")).limits["seconds"] == 1400
    assert facts_for(team, make_model("gpt-4o-transcribe-diarize")).limits["seconds"] == 1400
    assert "seconds" not in facts_for(team, make_model("whisper-1")).limits


@pytest.mark.parametrize(
    ("name", "endpoints"),
    [
        ("Systran/faster-whisper-large-v3", ("transcription", "translation")),
        ("openai/whisper-large-v3-turbo", ("transcription",)),
        ("Systran/faster-whisper-small.en", ("transcription",)),
        ("distil-whisper-large-v3-en", ("transcription",)),
        ("nvidia/parakeet-tdt-0.6b-v3", ("transcription",)),
        ("mistralai/Voxtral-Mini-3B-2507", ("chat", "transcription", "audio_chat")),
        ("speaches-ai/Kokoro-82M-v1.0-ONNX", ("speech",)),
        ("piper-en-amy", ("speech",)),
        ("canopylabs/orpheus-v1-english", ("speech",)),
        ("voxtral-mini-tts", ("speech",)),
        ("tts", ("speech",)),
    ],
)
def test_models_of_other_servers_are_known_by_their_names(team, make_model, name, endpoints):
    own = create_provider(team, name="Studio", base_url="http://10.0.0.5:8000/v1", allow_private=True)
    assert facts_for(team, make_model(name, of=own)).endpoints == endpoints


@pytest.mark.parametrize(
    ("dialect", "url", "formats", "times"),
    [
        ("other", "http://10.0.0.5:8000/v1", ["json", "text", "srt", "verbose_json", "vtt"], ["segment", "word"]),
        ("localai", "http://10.0.0.5:8080/v1", ["json", "text", "srt", "verbose_json", "vtt"], ["segment", "word"]),
        ("vllm", "http://10.0.0.5:8001/v1", ["json", "text", "verbose_json"], ["segment"]),
        ("ollama", "http://10.0.0.5:11434/v1", ["json", "text"], []),
        ("other", "https://api.groq.com/openai/v1", ["json", "text", "verbose_json"], ["segment", "word"]),
    ],
)
def test_servers_that_hear_have_formats_of_their_own(team, make_model, dialect, url, formats, times):
    server = create_provider(team, name="Studio", base_url=url, dialect=dialect, allow_private="10.0" in url)
    facts = facts_for(team, make_model("openai/whisper-small", of=server))
    assert facts.values_of("response_format") == formats
    assert (facts.values_of("timestamp_granularities") if facts.takes("timestamp_granularities") else []) == times


def test_voices_that_only_a_server_knows_are_typed(team, make_model):
    own = create_provider(team, name="Studio", base_url="http://10.0.0.5:8880/v1", allow_private=True)
    kokoro = facts_for(team, make_model("kokoro", of=own))
    assert (kokoro.values_of("voice"), kokoro.values_of("response_format")) == ([], ["mp3", "flac", "wav", "pcm"])


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("whisper-1", "language", "tlh"),
        ("whisper-1", "timestamp_granularities", "letter"),
        ("whisper-1", "prompt", "x" * 2001),
        ("whisper-1", "prompt", "nul\x00"),
        ("whisper-1", "prompt", ["a", "b"]),
        ("whisper-1", "temperature", "1.1"),
        ("gpt-transcribe", "keywords", "<b>"),
        ("gpt-transcribe", "keywords", "\n".join(map(str, range(101)))),
        ("gpt-4o-transcribe-diarize", "speakers", "maybe"),
        ("tts-1", "speed", "4.1"),
        ("tts-1", "response_format", "midi"),
        ("gpt-4o-mini-tts", "instructions", "x" * 4097),
    ],
)
def test_it_refuses_with_a_sentence_what_cannot_be_sent(team, make_model, model, name, value):
    table = (*TRANSCRIPTION_SETTINGS, *SPEECH_SETTINGS)
    clean, errors = clean_parameters(facts_for(team, make_model(model)), {name: value}, table)
    assert name not in clean and errors[name].endswith(".")


def test_it_keeps_what_may_be_sent(team, make_model):
    form = QueryDict("language=de&timestamp_granularities=word&prompt=Nagoya%0D%0AKiln&temperature=0%2C2&keywords=not+taken")
    clean, errors = clean_parameters(facts_for(team, make_model("whisper-1")), form, TRANSCRIPTION_SETTINGS)
    assert clean == {"language": "de", "timestamp_granularities": "word", "prompt": "Nagoya\nKiln", "temperature": 0.2} and not errors
    form = QueryDict("keywords=Nagoya%0AKiln+4%0ANagoya&language=")
    assert clean_parameters(facts_for(team, make_model("gpt-transcribe")), form, TRANSCRIPTION_SETTINGS)[0] == {
        "keywords": ["Nagoya", "Kiln 4"]
    }


def test_a_switch_is_sent_only_when_somebody_touched_it(team, provider, make_model):
    saved = {"model": str(make_model("gpt-4o-transcribe-diarize").pk)}
    untouched = QueryDict("speakers=no&speakers=yes&shown.speakers=yes")
    off = QueryDict("speakers=no&shown.speakers=yes")
    on_again = QueryDict("speakers=no&speakers=yes&shown.speakers=no")
    assert HEARING.change(team, saved, untouched)[0]["parameters"] == {}
    saved, _errors = HEARING.change(team, saved, off)
    assert saved["parameters"] == {"speakers": "no"}
    assert HEARING.change(team, saved, on_again)[0]["parameters"] == {"speakers": "yes"}


def drawn(kind, team, model, **parameters):
    """The settings of a model as they stand on a page."""
    chosen = kind.read(team, {"model": str(model.pk), "parameters": parameters})
    return "".join(render_to_string("providers/_control.html", {"control": control}) for control in kind.controls(chosen))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(HEARING, "whisper-1"), (HEARING, "gpt-transcribe"), (HEARING, "gpt-4o-transcribe-diarize"), (SPEAKING, "gpt-4o-mini-tts")],
)
def test_every_control_has_a_label_and_is_described(team, make_model, kind, name):
    html = drawn(kind, team, make_model(name))
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r' for="([^"]+)"', html)) <= ids
    assert set(re.findall(r'aria-describedby="([^"]+)"', html)) <= ids


def test_a_language_can_be_found_by_itself_or_chosen(team, make_model):
    model = make_model("whisper-1")
    assert '<option value="">Found by itself</option>' in drawn(HEARING, team, model)
    assert '<option value="ja" selected>Japanese</option>' in drawn(HEARING, team, model, language="ja")


def test_a_switch_says_whether_it_is_on(team, make_model):
    model = make_model("gpt-4o-transcribe-diarize")
    on, off = drawn(HEARING, team, model), drawn(HEARING, team, model, speakers="no")
    assert re.search(r'role="switch"[^>]* checked', on) and not re.search(r'role="switch"[^>]* checked', off)
    assert '<span class="tech">diarized_json</span>' in on


def test_typed_words_stand_as_they_were_typed(team, make_model):
    html = drawn(HEARING, team, make_model("whisper-1"), prompt="\nKiln & <b>\nNagoya")
    assert "Kiln &amp; &lt;b&gt;\nNagoya</textarea>" in html


def test_a_slider_is_opened_further_where_the_value_is(team, make_model):
    model = make_model("tts-1")
    assert 'min="0.5" max="2"' in drawn(SPEAKING, team, model)
    assert 'min="0.25" max="2"' in drawn(SPEAKING, team, model, speed=0.25)
    assert 'min="0.5" max="4"' in drawn(SPEAKING, team, model, speed=4)
    assert settings_for(Facts(), table=SPEECH_SETTINGS) == []
