"""A server on loopback that writes down everything it hears: for tests of what must not be said to it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODELS = json.dumps({"object": "list", "data": [{"id": "pot-7b", "object": "model"}]}).encode()
CHAT = json.dumps(
    {
        "id": "c1",
        "object": "chat.completion",
        "model": "pot-7b",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Clay."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    }
).encode()


@dataclass(frozen=True)
class Heard:
    """One request, whole. `socket` tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    socket: int

    def __contains__(self, secret: str) -> bool:
        return secret in f"{self.path}\n{self.headers}\n{self.body.decode('latin-1')}"


@dataclass
class Recorder:
    """Lists one model and answers each chat with one word, unless `status` and `headers` say otherwise."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    heard: list[Heard] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"

    def chats(self) -> list[Heard]:
        return [each for each in self.heard if each.path.endswith("/chat/completions") and b'"messages"' in each.body]

    def body_for(self, path: str) -> bytes:
        if self.body is not None:
            return self.body
        return CHAT if path.endswith("/chat/completions") else MODELS


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            recorder.heard.append(Heard(self.command, self.path, headers, body, self.client_address[1]))
            told = recorder.body_for(self.path)
            self.send_response(recorder.status)
            for name, value in {"Content-Type": "application/json", **recorder.headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_CONNECT = do_OPTIONS = answer

        def log_message(self, *args: object) -> None:
            """Quiet: the tests read `heard`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorder.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
