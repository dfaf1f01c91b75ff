"""The server: which address answers what, and the ledger of what was asked."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qs, urlsplit

from tests.loopback.asking import Ask, marker_in
from tests.loopback.behaviours import BEHAVIOURS
from tests.loopback.completions import CompletionDesk
from tests.loopback.embedding_models import EMBEDDING_MODELS
from tests.loopback.embeddings import EmbeddingDesk
from tests.loopback.files import FileDesk
from tests.loopback.frames import error
from tests.loopback.images import PictureDesk
from tests.loopback.model_desk import ModelDesk
from tests.loopback.picture_models import PICTURE_MODELS
from tests.loopback.responses import ResponseDesk
from tests.loopback.safety import SafetyDesk
from tests.loopback.safety_models import SAFETY_MODELS
from tests.loopback.sound_models import SOUND_MODELS
from tests.loopback.sounds import SoundDesk
from tests.loopback.uploads import Uploads
from tests.loopback.wire import Connection, Exchange, Record

KEPT_BODY = 65_536


def bearer(header: str) -> str:
    return header.removeprefix("Bearer ")


class Server:
    """`key` makes the server refuse every other key with 401. `without` are paths below /v1 that it does not know."""

    def __init__(self, key: str = "", without: Sequence[str] = ()) -> None:
        self.key = key
        self.uploads = Uploads()
        self.pictures = PictureDesk(self.uploads)
        self.sounds = SoundDesk(self.uploads)
        self.safety = SafetyDesk()
        self.embeddings = EmbeddingDesk()
        self.responses = ResponseDesk()
        self.completions = CompletionDesk()
        self.models = ModelDesk((*BEHAVIOURS, *PICTURE_MODELS, *SOUND_MODELS, *SAFETY_MODELS, *EMBEDDING_MODELS))
        self.files = FileDesk()
        self.without = tuple(without)
        self.records: list[Record] = []
        self.asked: Counter[tuple[str, str]] = Counter()
        self.routes: dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]] = {
            ("GET", "/_requests"): self.show_records,
            ("POST", "/_reset"): self.forget,
            ("GET", "/v1/models"): self.models.list,
            ("POST", "/v1/chat/completions"): self.complete_chat,
            **self.pictures.routes(),
            **self.sounds.routes(),
            **self.safety.routes(),
            **self.embeddings.routes(),
            **self.responses.routes(),
            **self.completions.routes(),
        }
        self.routes = {route: answer for route, answer in self.routes.items() if route[1].removeprefix("/v1") not in without}

    async def answer(self, exchange: Exchange) -> None:
        path = urlsplit(exchange.path).path
        if not path.startswith("/_"):
            exchange.record.key = bearer(exchange.headers.get("authorization", ""))
            self.records.append(exchange.record)
        if path.startswith("/v1/") and self.key and exchange.record.key != self.key:
            exchange.whole(401, error("Incorrect API key provided.", code="invalid_api_key"))
            return
        if self.files.takes(path) and not path.removeprefix("/v1").startswith(self.without):
            await self.files.answer(exchange, path)
            return
        if exchange.method == "GET" and path.startswith(("/pictures/", "/_uploads/")):
            await self.pictures.show(exchange, path)
            return
        if self.responses.takes(path) and not path.removeprefix("/v1").startswith(self.without):
            await self.responses.look(exchange, path)
            return
        if self.models.takes(exchange):
            await self.models.answer(exchange)
            return
        await self.routes.get((exchange.method, path), self.know_nothing)(exchange)

    async def know_nothing(self, exchange: Exchange) -> None:
        exchange.whole(404, error(f"Unknown request URL: {exchange.method} {exchange.path}.", code="unknown_url"))

    async def show_records(self, exchange: Exchange) -> None:
        query = parse_qs(urlsplit(exchange.path).query)
        rows = [record.as_dict("body" in query, "sent" in query) for record in self.records]
        exchange.whole(200, json.dumps(rows).encode())

    async def forget(self, exchange: Exchange) -> None:
        self.records.clear()
        self.asked.clear()
        self.pictures.forget()
        self.sounds.forget()
        self.safety.forget()
        self.embeddings.forget()
        self.models.forget()
        self.files.forget()
        self.responses.forget()
        exchange.whole(200, b"{}")

    async def complete_chat(self, exchange: Exchange) -> None:
        try:
            body = json.loads(exchange.body)
        except ValueError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
            exchange.whole(400, error("We could not parse the JSON body of your request.", code="invalid_json"))
            return
        ask = self._read(exchange, body)
        behaviour = BEHAVIOURS.get(ask.name)
        if behaviour is None:
            exchange.whole(404, error(f"The model `{ask.model}` does not exist.", code="model_not_found", param="model"))
            return
        await behaviour(exchange, ask)

    def _read(self, exchange: Exchange, body: dict[str, object]) -> Ask:
        record = exchange.record
        ask = Ask.read(body, record.key, 0)
        ask = Ask.read(body, record.key, self.asked[ask.model, ask.text])
        self.asked[ask.model, ask.text] += 1
        record.model, record.token = ask.model, marker_in(ask.text)
        record.body = body if len(exchange.body) <= KEPT_BODY else None
        return ask


async def serve(host: str, port: int, key: str, without: Sequence[str], announce: Callable[[str], None]) -> None:
    """Serve until cancelled. `announce` gets the address to give to a client."""
    server = Server(key, without)
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(server.answer), host, port, backlog=1024)
    announce(f"http://{host}:{listener.sockets[0].getsockname()[1]}/v1")
    async with listener:
        await listener.serve_forever()
