"""The models of the loopback provider: listed, told one by one, and those that were tuned deleted, as OpenAI documents it.

`GET /v1/models`, `GET /v1/models/{name}`, `DELETE /v1/models/{name}`. A name may hold a slash or a colon, escaped or not. Only tuned
models can be deleted (403 for the others, as OpenAI refuses); the last part of a tuned one's name chooses what happens to it:

| tuned model | what DELETE does |
|---|---|
| `ft:steady:harbour::done` | deletes it: it leaves the list, and then there is 404 |
| `ft:steady:harbour::refused` | 403: the key may not |
| `ft:steady:harbour::gone` | 404: deleted elsewhere, though the list still has it |
| `ft:steady:harbour::kept` | 200 with `"deleted": false` |
| `ft:steady:harbour::lost` | deletes it, and resets the connection before a word of it |
| `ft:steady:harbour::busy` | 503 |
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.loopback.frames import CREATED, error
from tests.loopback.wire import Exchange

PREFIX = "/v1/models/"
OWNER = "org-harbour"
TUNED_MODELS = tuple(f"ft:steady:harbour::{act}" for act in ("done", "refused", "gone", "kept", "lost", "busy"))


class ModelDesk:
    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.deleted: set[str] = set()

    def forget(self) -> None:
        self.deleted.clear()

    def entries(self) -> list[dict[str, Any]]:
        return [entry_of(name) for name in (*self.names, *TUNED_MODELS) if name not in self.deleted]

    async def list(self, exchange: Exchange) -> None:
        exchange.whole(200, json.dumps({"object": "list", "data": self.entries()}).encode())

    def takes(self, exchange: Exchange) -> bool:
        return exchange.method in {"GET", "DELETE"} and urlsplit(exchange.path).path.startswith(PREFIX)

    async def answer(self, exchange: Exchange) -> None:
        name = unquote(urlsplit(exchange.path).path.removeprefix(PREFIX))
        exchange.record.model = name
        if name not in {entry["id"] for entry in self.entries()}:
            self._unknown(exchange, name)
        elif exchange.method == "GET":
            exchange.whole(200, json.dumps(entry_of(name)).encode())
        else:
            self._delete(exchange, name)

    def _delete(self, exchange: Exchange, name: str) -> None:
        act = name.rpartition(":")[2] if name in TUNED_MODELS else "refused"
        if act == "refused":
            exchange.whole(403, error("You have insufficient permissions for this operation.", code="insufficient_permissions"))
        elif act == "gone":
            self._unknown(exchange, name)
        elif act == "busy":
            exchange.whole(503, error("The server is overloaded.", "server_error", code="server_is_overloaded"))
        elif act == "kept":
            exchange.whole(200, json.dumps({"id": name, "object": "model", "deleted": False}).encode())
        else:
            self.deleted.add(name)
            if act == "lost":
                exchange.reset()
            else:
                exchange.whole(200, json.dumps({"id": name, "object": "model", "deleted": True}).encode())

    def _unknown(self, exchange: Exchange, name: str) -> None:
        exchange.whole(404, error(f"The model '{name}' does not exist.", code="model_not_found", param="model"))


def entry_of(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": OWNER if name in TUNED_MODELS else "loopback"}
