"""S19: a file of two gigabytes from a browser to us, from us to a provider in parts, from there back to us, and to a browser.

In the middle of it the web process, the worker and the provider are each killed and started again. The provider is the built-in one, which
keeps files on the disk. What is measured: seconds, the most memory that web and worker held, and whether every byte came back.
"""

import asyncio
import contextlib
import hashlib
import json
import pathlib
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final

import psutil

from benchmarks.chat import Stage
from benchmarks.report import Figure
from tests.product import Visitor
from tests.product.processes import family_of, memory_of
from tests.product.visitor import CSRF_COOKIE

BYTES: Final = 2 * 1024**3
PIECE: Final = 8 * 1024**2
PART: Final = 64 * 1024**2
ROOT: Final = pathlib.Path(__file__).resolve().parents[1]
PATIENCE: Final = 900.0
MOST: Final = 512.0  # MiB
LOOK: Final = 0.25  # seconds
FILE: Final = "SELECT copy, remote, remote_id, sentence, received, size FROM files_file WHERE id = ?"
DONE: Final = "SELECT count(*) AS n FROM files_part WHERE file_id = ? AND is_done"
FORGET: Final = """
from apps.core.storing import remove_folder
from apps.files.models import File, Piece, folder_of
file = File.objects.get(pk="{pk}")
Piece.objects.filter(file=file).delete()
File.objects.filter(pk=file.pk).update(copy="none", received=0, pieces=0, md5="", check_report={{}})
remove_folder(folder_of(file))
"""


def pieces() -> Iterator[bytes]:
    """Rows for evaluations, each of its own: 1,024 bytes with its end."""
    for start in range(0, BYTES, PIECE):
        yield b"".join(b'{"item": {"row": "%0*d"}}\n' % (1024 - 22, start + line * 1024) for line in range(PIECE // 1024))


class Keeper:
    """The built-in provider as a process of its own, at an address that stays when it is killed."""

    def __init__(self, folder: pathlib.Path, key: str) -> None:
        self.folder, self.key_file = folder, folder / "provider_key"
        self.key_file.write_text(key)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.start()

    def start(self) -> None:
        weights, data, log = self.folder / "no-weights", self.folder / "provider", self.folder / "provider.log"
        command = [sys.executable, "-m", "engines", "--port", str(self.port), "--weights", str(weights)]
        command += ["--data", str(data), "--key-file", str(self.key_file)]
        with log.open("a") as sink:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=sink)
        _wait(lambda: _answers(self.port), 60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _wait(look: Callable[[], Any], seconds: float) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s")


class Held:
    """The most memory of web and worker, over everything, in MiB; a process that was just killed holds none."""

    def __init__(self) -> None:
        self.most = {"web": 0.0, "worker": 0.0}
        self.first: dict[str, float] = {}

    def look(self, stage: Stage) -> None:
        for name, most in self.most.items():
            with contextlib.suppress(psutil.Error, AttributeError):
                held = sum(map(memory_of, family_of(stage.product.pids[name]))) / 2**20
                self.first.setdefault(name, held)
                self.most[name] = max(most, held)


@contextlib.asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[Held]:
    held = Held()

    async def watch() -> None:
        while True:
            await asyncio.to_thread(held.look, stage)
            await asyncio.sleep(LOOK)

    watching = asyncio.ensure_future(watch())
    try:
        yield held
    finally:
        watching.cancel()


class Journey:
    """One file, and the times of its way."""

    def __init__(self, stage: Stage, visitor: Visitor, keeper: Keeper, provider: str) -> None:
        self.stage, self.visitor, self.keeper, self.provider = stage, visitor, keeper, provider
        self.pk = ""
        self.seconds: dict[str, float] = {}
        self.digest = hashlib.sha256()

    async def upload(self) -> None:
        """Piece by piece, as the page does it: what is not answered is sent again. The web process dies once in the middle."""
        begun = time.monotonic()
        wish = {"name": "big.jsonl", "size": str(BYTES), "type": "", "key": uuid.uuid4().hex, "purpose": "evals", "provider": self.provider}
        told = json.loads((await self.visitor.post("/files/begin/", wish)).body)
        self.pk = told["id"]
        for number, piece in enumerate(pieces()):
            self.digest.update(piece)
            if number == BYTES // PIECE // 2:
                self.stage.product.kill("web")
                self.stage.product.start_process("web")
            await self._send_piece(f"{told['pieces']}{number}/", piece)
        await self.visitor.post(told["finish"], {})
        self.seconds["up"] = time.monotonic() - begun

    async def _send_piece(self, path: str, piece: bytes) -> None:
        for _try in range(20):
            headers = {"content-type": "application/octet-stream", "x-csrftoken": self.visitor.client.cookies.get(CSRF_COOKIE, "")}
            with contextlib.suppress(OSError, EOFError):
                page = await self.visitor.client.request("POST", path, headers, piece)
                if page.status in (200, 409):
                    return
            await asyncio.sleep(0.5)
        raise AssertionError(f"{path} was not taken")

    async def arrive(self) -> None:
        """Looked at, and sent in parts; the worker and the provider die once each in the middle of it."""
        begun = time.monotonic()
        await self._wait_for(lambda row: row["copy"] == "ready")
        self.seconds["looked at"] = time.monotonic() - begun
        begun = time.monotonic()
        await self._wait_for(lambda _row: self._parts() >= BYTES // PART // 5)
        self.stage.product.kill("worker")
        self.stage.product.start_process("worker")
        await self._wait_for(lambda _row: self._parts() >= BYTES // PART // 2)
        self.keeper.kill()
        self.keeper.start()
        await self._wait_for(lambda row: row["remote"] == "there")
        self.seconds["sent"] = time.monotonic() - begun

    async def come_back(self) -> None:
        """Our copy goes, and is fetched from the provider."""
        await asyncio.to_thread(self.stage.product.manage, "shell", "-v0", "-c", FORGET.format(pk=self.pk))
        begun = time.monotonic()
        page = await self.visitor.post(f"/files/{self.pk}/fetch/", {})
        assert page.status == 200, page.text[:500]
        await self._wait_for(lambda row: row["copy"] in {"looking", "ready"})
        self.seconds["fetched"] = time.monotonic() - begun
        await self._wait_for(lambda row: row["copy"] == "ready")

    async def download(self) -> str:
        """What a browser gets, in stretches that fit into the memory of this process."""
        begun, digest = time.monotonic(), hashlib.sha256()
        for start in range(0, BYTES, 8 * PIECE):
            headers = {"range": f"bytes={start}-{min(start + 8 * PIECE, BYTES) - 1}"}
            page = await self.visitor.get(f"/files/{self.pk}/content/", headers)
            assert page.status == 206, page.status
            digest.update(page.body)
        self.seconds["down"] = time.monotonic() - begun
        return digest.hexdigest()

    def _parts(self) -> int:
        return int(self.stage.product.rows(DONE, uuid.UUID(self.pk).hex)[0]["n"])

    async def _wait_for(self, is_so: Callable[[dict[str, Any]], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            (row,) = await asyncio.to_thread(self.stage.product.rows, FILE, uuid.UUID(self.pk).hex)
            assert row["remote"] not in {"failed", "unclear"}, row
            if await asyncio.to_thread(is_so, row):
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"not within {PATIENCE:.0f} s: {row}")


async def measure_big_file(stage: Stage) -> list[Figure]:
    keeper = Keeper(stage.product.folder, stage.product.key)
    visitor = await stage.product.visitor()
    try:
        await asyncio.to_thread(stage.product.connect, keeper, "Keeper", [])  # type: ignore[arg-type]  # of it only the address is asked
        (row,) = stage.product.rows("SELECT id FROM providers_provider WHERE name = 'Keeper'")
        journey = Journey(stage, visitor, keeper, str(uuid.UUID(row["id"])))
        async with watched(stage) as held:
            await journey.upload()
            await journey.arrive()
            first = await journey.download()
            await journey.come_back()
            second = await journey.download()
    finally:
        visitor.close()
        keeper.kill()
    wrong = [digest for digest in (first, second) if digest != journey.digest.hexdigest()]
    size = f"{BYTES / 2**30:.1f} GiB"
    return [
        Figure("S19", f"{size} there and back: copies with another byte", len(wrong), "", 0, "web, worker and provider killed once each"),
        *(Figure("S19", f"{size}: {what}", seconds, "s") for what, seconds in journey.seconds.items()),
        *(
            Figure("S19", f"{size}: memory of {name} at its most", held.most[name], "MiB", MOST, f"{held.first[name]:.0f} MiB before")
            for name in held.most
        ),
    ]
