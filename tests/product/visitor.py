"""A person at a browser, as far as HTTP goes: signs in, asks, watches."""

import asyncio
import html
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.product.card import Card
from tests.product.client import Client, Page
from tests.product.live import Event, Live

CSRF_COOKIE = "playground_csrf"
ANSWER = re.compile(r'id="run-([0-9a-f-]{36})"')
LIVE = re.compile(r'sse-connect="(/live/\?[^"]*runs=([0-9a-f-]{36})[^"]*)"')


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back for a message: the run that answers it and the address of its event stream."""

    run_id: str
    live: str
    page: Page


class Visitor:
    """One browser with its cookies."""

    def __init__(self, url: str) -> None:
        self.client = Client(url)

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Page:
        return await self.client.request("GET", path, headers)

    async def post(self, path: str, fields: Mapping[str, str], htmx: bool = True) -> Page:
        body = urlencode(fields).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "x-csrftoken": self.client.cookies.get(CSRF_COOKIE, "")}
        if htmx:
            headers["hx-request"] = "true"
        return await self.client.request("POST", path, headers, body)

    async def sign_in(self, email: str, password: str) -> None:
        await self.get("/sign-in/")
        page = await self.post("/sign-in/", {"login": email, "password": password}, htmx=False)
        assert page.status == 302, f"sign-in answered {page.status}: {page.text[:2000]}"

    async def post_message(self, address: str, message: str, key: str = "") -> Page:
        """Press Send in the conversation at that address. `key` is the one of the form, a new one when it is left out."""
        return await self.post(address, {"message": message, "key": key or str(uuid.uuid4())})

    async def send(self, address: str, message: str, key: str = "") -> Sent:
        page = await self.post_message(address, message, key)
        found, live = ANSWER.search(page.text), LIVE.search(page.text)
        assert page.status == 200 and found, f"the message was answered with {page.status}: {page.text[:2000]}"
        # One that is refused at once may have ended before the page was made: then there is no stream in it.
        return Sent(found[1], html.unescape(live[1]) if live else f"/live/?runs={found[1]}", page)

    async def live_of(self, address: str) -> str:
        """The event stream that a page opens."""
        found = LIVE.search((await self.get(address)).text)
        assert found, f"{address} has no answer under way"
        return html.unescape(found[1])

    def watch(self, path: str, on_event: Callable[[Event], None] | None = None, gzip: bool = True, last_id: str = "") -> Live:
        headers = {"accept-encoding": "gzip"} if gzip else {}
        if last_id:
            headers["last-event-id"] = last_id
        return Live(self.client, path, headers, on_event)

    async def read_answer(self, sent: Sent, timeout: float = 60) -> Card:
        """Watch until the stream ends; the card at its end."""
        card = Card(sent.run_id)
        async with asyncio.timeout(timeout), self.watch(sent.live) as live:
            async for event in live:
                card.take(event)
        return card

    def close(self) -> None:
        self.client.close()
