"""A provider on loopback that answers what a test tells it, and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Loopback:
    port: int = 0
    status: int = 200
    content_type: str = "application/json"
    body: bytes = b'{"object": "list", "data": []}'
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serve() -> Iterator[Loopback]:
    answers = Loopback()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            self.send_response(answers.status)
            for name, value in {"Content-Type": answers.content_type, "Content-Length": str(len(answers.body)), **answers.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answers.body)

        def log_message(self, *args: object) -> None:
            """Quiet: the tests read `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
