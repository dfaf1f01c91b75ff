"""The export of a whole team, over a real connection."""

import asyncio
import io
import json
import zipfile

from tests.product import Product, Visitor
from tests.product.client import Connection
from tests.product.visitor import CSRF_COOKIE
from tests.wiring.asking import ask
from tests.wiring.settings import STEADY

EXPORT = "/settings/data/export/"
MANY_ROWS = """
import os, uuid
from django.utils import timezone
from apps.accounts.models import Team
from apps.core.ids import new_id
from apps.providers.models import Provider
from apps.runs.models import Run
where = {"team": Team.objects.get(), "provider": Provider.objects.first(), "operation": "chat.reply", "model": "m", "status": "completed"}
for _batch in range(10):
    Run.objects.bulk_create(
        Run(key=uuid.uuid4().hex, fingerprint="-", queued_at=timezone.now(), text=os.urandom(20_000).hex(), **where) for _run in range(100)
    )
"""


def lines_of(body: bytearray) -> list[dict[str, object]]:
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None and "manifest.json" in archive.namelist()
    return [json.loads(line) for line in archive.read("runs.jsonl").splitlines()]


async def begin_and_go_away(visitor: Visitor) -> None:
    """A browser that reads a little of a large download and is closed."""
    connection: Connection = await visitor.client.connect()
    begun, taken = asyncio.get_running_loop().create_future(), asyncio.Event()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-csrftoken": visitor.client.cookies[CSRF_COOKIE]}
    reading = asyncio.ensure_future(connection.ask(visitor.client.build("POST", EXPORT, headers), lambda _piece: taken.set(), begun))
    page = await begun
    assert (page.status, page.headers["content-type"]) == (200, "application/zip")
    await taken.wait()
    connection.transport.pause_reading()
    await asyncio.sleep(0.5)
    assert not reading.done(), "it was over before it could be cancelled"
    connection.transport.abort()
    await asyncio.gather(reading, return_exceptions=True)


async def test_it_downloads_everything_and_is_free_again_when_a_browser_goes_away(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    question.final()
    product.manage("shell", "-c", MANY_ROWS)
    await begin_and_go_away(visitor)
    async with asyncio.timeout(20):
        while (page := await visitor.post(EXPORT, {}, htmx=False)).status != 200:
            await asyncio.sleep(0.5)
    told = {line["id"]: line for line in lines_of(page.body)}
    assert len(told) > 1000 and told[question.run_id]["text"] == question.final()["text"]
