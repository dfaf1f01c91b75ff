"""A server with one page: the painter around pictures made in code, and a form that notes what it is sent."""

import email
import email.policy
import io
import mimetypes
import pathlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.contrib.staticfiles import finders
from django.template import engines
from PIL import Image, ImageDraw

from apps.core.middleware import CONTENT_SECURITY_POLICY

PAGE = (pathlib.Path(__file__).parent / "page.html").read_text()
BELOW = (pathlib.Path(__file__).parent / "below.html").read_text()
PICTURE = UUID(int=7)
SAVED = UUID(int=9)
SIZE = (640, 480)
DOTS = [(0.3, 0.25), (0.7, 0.6), (0.45, 0.85)]
WHOLE = b"<!doctype html><title>Taken</title>"
TAKEN = b'<p id="taken">Taken</p>'
JUDGED = b'<div id="judged"><p data-mask-src="/masks/uploaded.png">Taken from your file</p></div>'


def make_picture(size: tuple[int, int], colour: str) -> Image.Image:
    """Bands and a grid; red squares around DOTS on white for "dots", half see-through for "clear"; a plain colour else."""
    if colour == "dots":
        return with_dots(Image.new("RGB", size, "white"))
    if colour == "clear":
        return Image.new("RGBA", size, (0, 0, 0, 0))
    if colour != "bands":
        return Image.new("RGB", size, colour)
    image = Image.new("RGB", size, "#c9b8a0")
    draw = ImageDraw.Draw(image)
    for x in range(0, size[0], 64):
        draw.line([(x, 0), (x, size[1])], fill="#8d7a60", width=2)
    draw.rectangle([0, size[1] * 2 // 3, size[0], size[1]], fill="#8a5a3c")
    draw.ellipse([size[0] // 6, size[1] // 4, size[0] // 2, size[1] * 3 // 4], fill="#4c7565")
    return image


def with_dots(image: Image.Image) -> Image.Image:
    """Red squares of 1 % of the picture's width, whose middles are the shares of its size in DOTS."""
    half = max(2, image.width // 200)
    for x, y in DOTS:
        left, top = round(x * image.width), round(y * image.height)
        ImageDraw.Draw(image).rectangle([left - half, top - half, left + half - 1, top + half - 1], fill="#ff0000")
    return image


def make_mask(size: tuple[int, int]) -> Image.Image:
    """A disc in the right half, half of it see-through: the colour is noise that must not count."""
    coverage = Image.new("L", size)
    ImageDraw.Draw(coverage).ellipse([size[0] // 2, size[1] // 4, size[0] - 40, size[1] * 3 // 4], fill=255)
    ImageDraw.Draw(coverage).rectangle([0, 0, 19, 9], fill=100)
    mask = Image.new("RGBA", size, "#d03070")
    mask.putalpha(coverage)
    return mask


def as_png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


@dataclass(slots=True)
class Post:
    """What a form sent: fields by name, files as (name, bytes)."""

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def mask(self) -> Image.Image:
        return Image.open(io.BytesIO(self.files["mask"][1]))


def parse(path: str, content_type: str, body: bytes) -> Post:
    post = Post(path)
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    for part in message.iter_parts():  # type: ignore[attr-defined]
        name, filename = part.get_param("name", header="content-disposition"), part.get_filename()
        content = part.get_payload(decode=True)
        if filename is None:
            post.fields[name] = content.decode()
        elif filename:
            post.files[name] = (filename, content)
    return post


def render(query: dict[str, list[str]]) -> str:
    """The page. `size=4096x4096`, `colour=white`, `form=htmx`, `mask=here`, `saved=none`, `keys=off`, `write=no` change it."""
    asked = {name: values[0] for name, values in query.items()}
    width, height = (int(side) for side in asked.get("size", f"{SIZE[0]}x{SIZE[1]}").split("x"))
    address = f"/picture.png?size={width}x{height}&colour={asked.get('colour', 'bands')}"
    templates = engines["django"]
    context = {
        "picture": SimpleNamespace(pk=asked.get("picture", PICTURE), width=width, height=height, name="Autumn shelf"),
        "picture_url": address if asked.get("colour") != "broken" else "/broken.png",
        "masks": [SimpleNamespace(pk=SAVED, name="The disc", percent=20.6)] if asked.get("saved") != "none" else [],
        "can_write": asked.get("write") != "no",
        "below": templates.from_string(BELOW),
        "asked": asked,
        "keys": asked.get("keys", "on"),
    }
    return templates.from_string(PAGE).render(context)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def answer(self, body: bytes, content_type: str = "text/html; charset=utf-8", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.send_header("Cache-Control", "no-store" if content_type.startswith("text/html") else "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/":
            self.answer(render(query).encode())
        elif url.path == "/picture.png":
            self.answer(self.server.studio.picture(query["size"][0], query["colour"][0]), "image/png")
        elif url.path == f"/images/masks/{SAVED}/file/" or url.path.startswith("/masks/"):
            self.answer(self.server.studio.mask(query.get("size", [""])[0]), "image/png")
        elif url.path.startswith("/static/") and (found := finders.find(url.path.removeprefix("/static/"))):
            file = pathlib.Path(str(found))
            self.answer(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        elif url.path == "/favicon.ico":  # a browser asks for it by itself
            self.answer(b"", status=204)
        else:
            self.answer(b"nothing here", status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.studio.posts.append(parse(self.path, self.headers["Content-Type"], body))
        if self.path == "/mask":
            self.answer(b'<div id="judged"><p data-mask-src="/masks/uploaded.png">Taken from your file</p></div>')
        else:
            self.answer(
                b'<p id="taken">Taken</p>' if self.headers.get("HX-Request") else b"<!doctype html><title>Taken</title><p id='taken'>Taken"
            )


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    studio: "Studio"


class Studio:
    """Runs while it is entered. `posts` has what forms sent, oldest first."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.made: dict[object, bytes] = {}
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.studio = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def keep(self, key: object, make: Callable[[], Image.Image]) -> bytes:
        if key not in self.made:
            self.made[key] = as_png(make())
        return self.made[key]

    def picture(self, size: str, colour: str) -> bytes:
        width, height = (int(side) for side in size.split("x"))
        return self.keep((size, colour), lambda: make_picture((width, height), colour))

    def mask(self, size: str) -> bytes:
        width, height = (int(side) for side in size.split("x")) if size else SIZE
        return self.keep(("mask", width, height), lambda: make_mask((width, height)))

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
