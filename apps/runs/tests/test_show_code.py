"""Code that is shown for a call does that call: it is run here, against the loopback provider."""

import json
import shlex
import subprocess
import uuid

import pytest

from apps.runs import registry
from apps.runs.operations import InputFile
from apps.runs.snippets import show
from tests.loopback.asking_sound import TYPES, numbers_in, spoken
from tests.loopback.sound_models import FOUR_O, MANNERED, NEWEST, TTS, WHISPER

pytestmark = pytest.mark.django_db
HEAR, TRANSLATE = "transcription.transcribe", "transcription.translate_sound"
NAME = 'Tuesday, the "long" one; part 2 \\ {mark}.mp3'
CALLS = [
    (HEAR, WHISPER, {"response_format": "verbose_json", "timestamp_granularities": "word", "language": "en", "temperature": 0.2}),
    (HEAR, WHISPER, {"response_format": "text", "prompt": "@2024; <Ada>"}),
    (HEAR, WHISPER, {"prompt": "007"}),
    (HEAR, FOUR_O, {"stream": True, "include": ["logprobs"]}),
    (HEAR, NEWEST, {"keywords": ["Ada", "12"], "languages": ["en", "de"]}),
    (TRANSLATE, WHISPER, {"response_format": "srt"}),
]
SPOKEN = [
    (TTS, {"voice": "alloy", "input": 'It\'s "quoted"\nhere ', "response_format": "wav", "speed": 1.5}),
    (MANNERED, {"voice": "marin", "input": "Good day ", "instructions": "Calm; <slowly>"}),
]


@pytest.fixture
def mark():
    """By this, in the name of the file or in the text, the provider finds the calls of a test."""
    return f"#t-{uuid.uuid4().hex}"


@pytest.fixture
def recording(tmp_path, mark, monkeypatch):
    """In the folder where the code is run, with a key in the environment and no proxy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-loopback")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    path = tmp_path / NAME.format(mark=mark)
    path.write_bytes(spoken(6)[1])
    return path


def run_python(code):
    exec(compile(code, "shown", "exec"), {})


def run_curl(code):
    subprocess.run([*shlex.split(code.replace("\\\n", " ")), "-sS", "--fail-with-body"], check=True, capture_output=True, timeout=20)


@pytest.mark.parametrize(("operation", "model", "params"), CALLS)
def test_both_send_the_same_form(recording, mark, provider, loopback, capsys, operation, model, params):
    files = [InputFile("input", recording, recording.name, TYPES["mp3"])]
    code = show(registry.get(operation), provider, model, params, files)
    run_python(code["python"])
    assert "w00006" in capsys.readouterr().out
    run_curl(code["curl"])
    by_python, by_curl = loopback.requests(mark)
    assert by_python.path == by_curl.path
    assert told(by_python) == told(by_curl) == sorted(pairs_of(json.loads(code["json"]), is_stream="stream" in params))


def told(request):
    return sorted((part.field, part.value) for part in request.parts if not part.is_file)


def pairs_of(form, *, is_stream):
    """The JSON that is shown, as fields of a form."""
    listed = [(name, each) for name, value in form.items() for each in (value if isinstance(value, list) else [value])]
    return listed + [("stream", "true")] * (is_stream and "stream" not in form)


@pytest.mark.parametrize(("model", "params"), SPOKEN)
def test_both_save_what_is_spoken(recording, mark, provider, loopback, model, params):
    params = {**params, "input": params["input"] + mark}
    code = show(registry.get("speech.speak"), provider, model, params)
    file = recording.parent / f"speech.{params.get('response_format', 'mp3')}"
    for run, words in ((run_python, code["python"]), (run_curl, code["curl"])):
        run(words)
        assert numbers_in(file.read_bytes()) == list(range(1, len(params["input"].split()) + 1))
        file.unlink()
    assert [each.body for each in loopback.requests(mark, body=True)] == [{"model": model, **params}] * 2
