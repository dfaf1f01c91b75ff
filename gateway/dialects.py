"""How kinds of servers differ, as data."""
# ruff: noqa: S105, S106 - a token is a piece of text here, not a password

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `title` is its name for people.

    `deployment_paths` go through /deployments/<model> when the connection has an `api_version`;
    `bare_root` is put behind an address that was typed without any path.
    """

    title: str
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "
    token_limit: str = "max_completion_tokens"
    takes_stream_options: bool = True
    bare_root: str = ""
    dated_root: str = ""
    deployment_paths: frozenset[str] = frozenset()


_AZURE_DEPLOYMENT_PATHS = frozenset(
    {
        "/completions",
        "/chat/completions",
        "/embeddings",
        "/audio/transcriptions",
        "/audio/translations",
        "/audio/speech",
        "/images/generations",
        "/images/edits",
    }
)

DIALECTS = {
    "openai": Dialect("OpenAI"),
    "azure": Dialect(
        "Azure OpenAI",
        auth_header="api-key",
        auth_prefix="",
        bare_root="/openai/v1",
        dated_root="/openai",
        deployment_paths=_AZURE_DEPLOYMENT_PATHS,
    ),
    "ollama": Dialect("Ollama", token_limit="max_tokens"),
    "vllm": Dialect("vLLM"),
    "llamacpp": Dialect("llama.cpp"),
    "litellm": Dialect("LiteLLM"),
    "localai": Dialect("LocalAI", token_limit="max_tokens"),
    "builtin": Dialect("Built-in"),
    "other": Dialect("Other", token_limit="max_tokens"),
}
