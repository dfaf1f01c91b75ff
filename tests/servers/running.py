"""Starts the three servers, each as people run it, and waits until it answers."""

import contextlib
import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from engines.weights import CHAT_FILE
from tests.servers.environment import PROXY, ROOT

MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, the key it asks for, and what it should list: models that chat, and others."""

    url: str
    key: str
    models: tuple[str, ...]
    others: tuple[str, ...] = ()


@contextlib.contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """The process lives for the block and not a second longer than it takes to end."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def llama_server(weights: pathlib.Path) -> Iterator[Server]:
    """llama.cpp's own server with the small model, from the xllamacpp wheel."""
    key = secrets.token_urlsafe(24)
    command = [sys.executable, "-m", "engines.chat.child"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with ended(process):
        assert process.stdin and process.stdout
        wanted = {"path": str((weights / CHAT_FILE).resolve()), "model": MODEL, "key": key, "context": 4096, "slots": 2, "threads": 1}
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.flush()
        told = next(line for line in process.stdout if line.startswith(b"{"))
        yield Server(f"{json.loads(told)['url']}/v1", key, (MODEL,))


@contextlib.contextmanager
def litellm_proxy(folder: pathlib.Path, upstreams: dict[str, Server]) -> Iterator[Server]:
    """The LiteLLM proxy in front of other servers: one model for each, named like it."""
    key = f"sk-{secrets.token_urlsafe(24)}"
    listed = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{upstream.models[0]}", "api_base": upstream.url, "api_key": upstream.key},
        }
        for name, upstream in upstreams.items()
    ]
    config = folder / "litellm.json"  # JSON is YAML too
    config.write_text(json.dumps({"model_list": listed, "general_settings": {"master_key": key}, "litellm_settings": {"telemetry": False}}))
    port = free_port()
    command = [PROXY, "--config", config, "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    # Nothing of ours in its environment: it would take our database for its own. And no list of prices from a stranger.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*"}
    with (folder / "litellm.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    with ended(process):
        wait_until_alive(f"http://127.0.0.1:{port}/health/liveliness", process)
        yield Server(f"http://127.0.0.1:{port}/v1", key, tuple(upstreams))


def wait_until_alive(url: str, process: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError(f"{url} did not come up; the process says {process.poll()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
