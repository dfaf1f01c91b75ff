"""Servers of other makers as far as a check-up sees them: their answers by path, from the files in `recorded`.

A file holds `answers` ("METHOD /path" → status, headers, json or text), `otherwise` for every other
path, and `word`: the stream that a chat with messages gets.
"""

import json
import pathlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

FOLDER = pathlib.Path(__file__).parent / "recorded"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorded:
    """One server. `answers` may be changed by a test; `asked` is everything that came."""

    answers: dict[str, Any]
    otherwise: dict[str, Any]
    word: dict[str, Any]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/v1") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer_to(self, asked: Asked) -> dict[str, Any]:
        path = urlsplit(asked.path).path
        if path.endswith("/chat/completions") and b'"messages"' in asked.body:
            return self.word
        found: dict[str, Any] = self.answers.get(f"{asked.method} {path}", self.otherwise)
        return found

    def paths(self, method: str = "") -> list[str]:
        return [urlsplit(each.path).path for each in self.asked if method in {"", each.method}]


@contextmanager
def serve_recorded(name: str) -> Iterator[Recorded]:
    told = json.loads((FOLDER / f"{name}.json").read_text())
    server = Recorded(told["answers"], told["otherwise"], told["word"])
    with _listening(server):
        yield server


@contextmanager
def _listening(server: Recorded) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            server.asked.append(asked)
            self.tell(server.answer_to(asked))

        do_GET = do_POST = answer  # the names that the base class looks for

        def tell(self, answer: dict[str, Any]) -> None:
            text = json.dumps(answer["json"]) if "json" in answer else answer["text"]
            content = text.replace("{method}", self.command).replace("{path}", self.path).encode()
            headers = {"Content-Type": answer.get("type", "application/json"), "Content-Length": str(len(content))}
            self.send_response_only(answer["status"])
            for name, value in {**headers, **answer.get("headers", {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Quiet: the tests read `asked`."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
