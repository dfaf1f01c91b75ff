"""Three real servers for the tests of this folder: ours, llama.cpp's, and the LiteLLM proxy in front of both."""

import pathlib
from collections.abc import Iterator

import pytest

from engines.tests.conftest import CHECKER, EDITOR, HEARER, ILLUSTRATOR, READER, SPEAKER, running_provider, weights  # noqa: F401  # a fixture
from tests.servers.environment import is_there
from tests.servers.running import MODEL, Server, litellm_proxy, llama_server

HERE = pathlib.Path(__file__).parent
NO_LITELLM = "The LiteLLM proxy is not installed: make test installs it, or python -m tests.servers.environment"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engines)


@pytest.fixture(scope="package")
def engines_server(weights: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: F811
    with running_provider(weights, tmp_path_factory.mktemp("engines")) as started:
        yield Server(started.url, started.key, (MODEL,), (ILLUSTRATOR, EDITOR, HEARER, SPEAKER, READER, CHECKER))


@pytest.fixture(scope="package")
def llamacpp_server(weights: pathlib.Path) -> Iterator[Server]:  # noqa: F811
    with llama_server(weights) as started:
        yield started


@pytest.fixture(scope="package")
def litellm_server(engines_server: Server, llamacpp_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not is_there():  # a package registry that is away is no fault of ours, also not where nobody watches
        pytest.skip(NO_LITELLM)
    upstreams = {"through-engines": engines_server, "through-llamacpp": llamacpp_server}
    with litellm_proxy(tmp_path_factory.mktemp("litellm"), upstreams) as started:
        yield started
