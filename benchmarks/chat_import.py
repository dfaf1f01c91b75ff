"""S22: how long an export of ChatGPT with a thousand conversations takes, from pressing Import to the last chat, found too."""

import asyncio
import time
import uuid
from typing import Any, Final

from benchmarks.big_files import watched
from benchmarks.chat import Stage
from benchmarks.report import Figure
from tests.chatgpt_export import as_zip, in_a_row
from tests.product.visitor import CSRF_COOKIE

CHATS: Final = 1_000
TURNS: Final = 20
SECONDS: Final = 60.0
PATIENCE: Final = 600.0
BROKEN: Final = 5
ANSWER: Final = "The harbour was quiet when boat {0} came in, with `lemons`, lantern{1} and a letter. 항구에 배 {0}척이 있습니다.\n\n" * 8
IMPORTED: Final = "SELECT state, made, left_out FROM chat_import WHERE id = ?"
WAITING: Final = "SELECT count(*) AS n FROM chat_turn WHERE NOT is_indexed AND said_by != ''"


def export() -> bytes:
    def said(number: int) -> list[str]:
        return [ANSWER.format(each, each % 997) if each % 2 else f"What of boat {each} of pier {number}?" for each in range(TURNS)]

    return as_zip([*(in_a_row(number, said(number)) for number in range(CHATS)), *({"mapping": {"a": 1}} for _ in range(BROKEN))])


async def measure_import(stage: Stage) -> list[Figure]:
    content = export()
    async with watched(stage) as held:
        began = time.monotonic()
        address = await _send(stage, content)
        told = await _ended(stage, uuid.UUID(address.strip("/").rsplit("/", 1)[-1]).hex)
        seconds = time.monotonic() - began
    assert (told["state"], told["made"], told["left_out"]) == ("done", CHATS, BROKEN), told
    (waiting,) = stage.product.rows(WAITING)
    size = f"{CHATS:,} chats of {TURNS} turns, {len(content) / 2**20:.1f} MiB packed"
    return [
        Figure("S22", "a ChatGPT export imported", seconds, "s", SECONDS, size),
        Figure("S22", "a ChatGPT export imported: turns not found yet", waiting["n"], "", 0),
        *(Figure("S22", f"a ChatGPT export imported: memory of {name}", held.most[name], "MiB") for name in held.most),
    ]


async def _ended(stage: Stage, row: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        (told,) = await asyncio.to_thread(stage.product.rows, IMPORTED, row)
        if told["state"] not in {"waiting", "reading"}:
            return told
        await asyncio.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE:.0f} s: {told}")


async def _send(stage: Stage, content: bytes) -> str:
    """As the form does. Gives the address of the import."""
    edge = uuid.uuid4().hex
    fields = f'--{edge}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{uuid.uuid4()}\r\n'
    fields += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="export.zip"\r\nContent-Type: application/zip\r\n\r\n'
    client = stage.visitor.client
    headers = {"content-type": f"multipart/form-data; boundary={edge}", "x-csrftoken": client.cookies.get(CSRF_COOKIE, "")}
    page = await client.request("POST", "/chat/import/", headers, fields.encode() + content + f"\r\n--{edge}--\r\n".encode())
    assert page.status == 303, f"the import answered {page.status}: {page.text[:2000]}"
    return page.headers["location"]
