"""How kinds of servers differ, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `title` is its name for people."""

    title: str
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "
    token_limit: str = "max_completion_tokens"
    takes_stream_options: bool = True


DIALECTS = {
    "openai": Dialect("OpenAI"),
    "azure": Dialect("Azure OpenAI", auth_header="api-key", auth_prefix=""),
    "ollama": Dialect("Ollama", token_limit="max_tokens"),
    "vllm": Dialect("vLLM"),
    "llamacpp": Dialect("llama.cpp"),
    "litellm": Dialect("LiteLLM"),
    "localai": Dialect("LocalAI", token_limit="max_tokens"),
    "builtin": Dialect("Built-in"),
    "other": Dialect("Other", token_limit="max_tokens"),
}
