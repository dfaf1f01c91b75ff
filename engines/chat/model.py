"""A chat model of this machine: its file, its process, and what /v1/models says about it."""

import hashlib
import importlib.metadata
import importlib.util
import pathlib
from typing import Any

import aiohttp

from engines.chat.process import CONTEXT, ModelProcess
from engines.chat.tokens import TokenSource
from engines.errors import ApiError, engine_missing
from engines.weights import CHAT_FILE, INSTALL, fetch_command, is_there

DEFAULT_ID = "smollm2-135m-instruct"
DEFAULT_DESCRIPTION = "SmolLM2, 135 million parameters: shows how things work, is often wrong"
OWN_DESCRIPTION = "Your own model file"


class ChatModel:
    """One model that chats. It may not be installed (yet): then it is not listed, and says how to install it."""

    def __init__(self, name: str, description: str, path: pathlib.Path, session: aiohttp.ClientSession) -> None:
        self.id = name
        self.description = description
        self.path = path
        self.process = ModelProcess(name, path)
        self.source = TokenSource(self.process, session)

    @property
    def state(self) -> str:
        return self.process.state

    @property
    def fingerprint(self) -> str:
        """Changes when the same seed may give another answer: another file or another engine."""
        about = f"{self.path.name} {self.path.stat().st_size} {importlib.metadata.version('xllamacpp')}"
        return "fp_" + hashlib.sha256(about.encode()).hexdigest()[:10]

    def is_installed(self) -> bool:
        return has_engine() and self.has_weights()

    def has_weights(self) -> bool:
        return self.path.is_file()

    def fetch_command(self) -> str:
        return f"ls {self.path}  (the file given as --gguf is not there)"

    def why_missing(self) -> ApiError:
        if not has_engine():
            return engine_missing("The chat engine", INSTALL)
        return engine_missing(f"The model {self.id!r}", self.fetch_command())

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "model",
            "created": int(self.path.stat().st_mtime),
            "owned_by": "built-in",
            "shutdown_date": None,
            "description": self.description,
            "max_model_len": CONTEXT,
        }


class DefaultModel(ChatModel):
    """The small model that `engines.fetch` brings."""

    def __init__(self, weights: pathlib.Path, session: aiohttp.ClientSession) -> None:
        super().__init__(DEFAULT_ID, DEFAULT_DESCRIPTION, weights / CHAT_FILE, session)

    def has_weights(self) -> bool:
        return is_there(self.path.parent, "chat")

    def fetch_command(self) -> str:
        return fetch_command(self.path.parent, "chat")


def has_engine() -> bool:
    return importlib.util.find_spec("xllamacpp") is not None
