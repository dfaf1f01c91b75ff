"""Check-ups of eight kinds of servers, against their recorded answers on real sockets."""

import json
from dataclasses import dataclass

import pytest

from apps.providers.checkup import check
from apps.providers.checkup.detect import recognise
from apps.providers.models import Model, Provider
from apps.providers.services import add_model, create_provider
from apps.providers.tests.conftest import KEY
from apps.providers.tests.recorded_server import serve_recorded
from apps.providers.words import PARTS, REASONS, parts_of, server_name
from gateway import Connection

ALL = frozenset(PARTS)
SPEAKS = frozenset({"chat", "responses", "completions"})
ONLY_AZURE_DEPLOYMENTS = frozenset({"transcription", "translation", "speech", "images.generate", "images.edit"})


@dataclass(frozen=True)
class Kind:
    """How a recorded server is entered, and what is to be found out of it."""

    recording: str
    server: str
    dialect: str
    works: frozenset[str]
    missing: frozenset[str]
    typed: str = ""
    path: str = "/v1"
    api_version: str = ""
    models: int = 1


KINDS = [
    Kind("openai", "", "openai", ALL - {"images.variations", "fine_tuning"}, frozenset({"images.variations"}), typed="openai", models=2),
    Kind(
        "azure-dated",
        "Azure OpenAI 2025-04-01-preview",
        "azure",
        frozenset({"chat", "responses", "files", "uploads", "batches", "fine_tuning"}),
        frozenset({"moderation", "images.variations"}),
        typed="azure",
        path="",
        api_version="2025-04-01-preview",
        models=2,
    ),
    Kind(
        "azure-v1",
        "Azure OpenAI v1",
        "azure",
        ALL - {"moderation", "images.variations"},
        frozenset({"moderation", "images.variations"}),
        typed="azure",
        path="/openai/v1",
    ),
    Kind("ollama", "Ollama 0.33.1", "ollama", SPEAKS | {"embeddings", "transcription"}, ALL - SPEAKS - {"embeddings", "transcription"}),
    Kind("vllm", "vLLM 0.27.0", "vllm", SPEAKS, ALL - SPEAKS),
    Kind("llamacpp", "llama.cpp b9301-1a2b3c4", "llamacpp", SPEAKS, ALL - SPEAKS),
    Kind(
        "litellm",
        "LiteLLM 1.109.1",
        "litellm",
        SPEAKS | {"embeddings", "moderation", "transcription", "speech", "images.generate", "images.edit"},
        frozenset({"translation", "images.variations", "uploads"}),
    ),
    Kind(
        "localai",
        "LocalAI v4.9.0 (5c1a0f2)",
        "localai",
        SPEAKS | {"embeddings", "moderation", "transcription", "translation", "speech", "images.generate"},
        frozenset({"images.edit", "images.variations", "files", "uploads", "batches", "fine_tuning"}),
        models=2,
    ),
    Kind("lmstudio", "LM Studio", "other", SPEAKS | {"embeddings"}, ALL - SPEAKS - {"embeddings"}),
    Kind("page-for-all", "", "other", frozenset({"chat"}), ALL - {"chat"}),
    Kind("same-for-all", "", "other", frozenset({"chat"}), frozenset()),
]
NAMES = [kind.recording for kind in KINDS]


@pytest.fixture(params=KINDS, ids=NAMES)
def kind(request) -> Kind:
    chosen: Kind = request.param
    return chosen


@pytest.fixture
def server(kind):
    with serve_recorded(kind.recording) as running:
        yield running


@pytest.fixture
def added(kind, server, team) -> Provider:
    provider = create_provider(
        team, name="A server", base_url=server.url(kind.path), dialect=kind.typed, key=KEY, allow_private=True, api_version=kind.api_version
    )
    if kind.api_version:  # its list names models, a call needs a deployment
        add_model(provider, "our-writer")
    return provider


def states(provider: Provider, state: str) -> set[str]:
    return {name for name, found in provider.endpoints.items() if found["state"] == state}


def test_it_knows_what_works_there(added, kind):
    result = check(added)
    added.refresh_from_db()
    assert (result.ok, result.models) == (True, kind.models), result
    assert states(added, "works") == kind.works, added.endpoints
    assert states(added, "missing") == kind.missing, added.endpoints


def test_it_finds_out_what_server_it_is(added, kind):
    check(added)
    added.refresh_from_db()
    assert server_name(added) == kind.server
    assert added.dialect == kind.dialect


def test_it_keeps_the_kind_that_a_person_chose(server, team, kind):
    provider = create_provider(team, name="Chosen", base_url=server.url(), dialect="vllm", key=KEY, allow_private=True)
    check(provider)
    provider.refresh_from_db()
    assert provider.dialect == "vllm"


def test_it_asks_for_nothing_that_could_be_billed(added, server):
    check(added)
    posted = [asked for asked in server.asked if asked.method == "POST"]
    assert len(posted) > 8
    for asked in posted:
        is_form = asked.headers["content-type"].startswith("multipart/")
        assert (b"filename" not in asked.body) if is_form else (json.loads(asked.body).keys() <= {"model"}), asked


def test_it_gives_the_key_to_the_api_alone(added, server, kind):
    check(added)
    name = "api-key" if kind.typed == "azure" else "authorization"
    root = "/openai" if kind.typed == "azure" else "/v1"
    for asked in server.asked:
        assert (KEY in asked.headers.get(name, "")) == asked.path.startswith(root), asked.path
    assert len(server.paths("GET")) <= 1 + 3 + 6


def test_it_gets_one_word_and_says_how_soon(added, team, kind):
    check(added, word_for=team)
    added.refresh_from_db()
    word = added.last_check["word"]
    assert word["model"] in {*Model.objects.filter(provider=added).values_list("name", flat=True)}
    assert 0 <= word["ms"] < 5000, word


def test_it_has_a_sentence_for_every_verdict(added):
    check(added)
    for part in parts_of(added):
        assert str(part.reason) in {str(reason) for reason in REASONS.values()}, part
        assert str(part.title)


def test_it_sees_that_a_key_is_wrong_though_the_list_is_open_to_everybody(team):
    with serve_recorded("llamacpp") as server:
        server.otherwise = {"status": 401, "json": {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}}
        server.answers = {name: answer for name, answer in server.answers.items() if name == "GET /v1/models"}
        provider = create_provider(team, name="Open list", base_url=server.url(), key=KEY, allow_private=True)
        result = check(provider, word_for=team)
    assert (result.ok, result.error, result.models) == (False, "auth", 1)
    assert provider.models.count() == 1
    assert not [asked for asked in server.asked if b"messages" in asked.body]


@pytest.mark.parametrize(
    ("url", "api_version", "name"),
    [
        ("https://api.openai.com/v1", "", "OpenAI "),
        ("https://eu.api.openai.com/v1", "", "OpenAI "),
        ("https://pots.openai.azure.com", "", "Azure OpenAI v1"),
        ("https://pots.openai.azure.com/openai/v1", "preview", "Azure OpenAI v1"),
        ("https://pots.services.ai.azure.com/openai/v1", "", "Azure OpenAI v1"),
        ("https://pots.openai.azure.com/openai/deployments/writer", "2024-10-21", "Azure OpenAI 2024-10-21"),
        ("https://api.openai.com.example.org/v1", "", " "),
    ],
)
def test_it_knows_openai_and_azure_by_their_address(url, api_version, name):
    server = recognise(Connection(url, dialect="other", api_version=api_version), None)
    assert f"{server.name} {server.version}" == name
