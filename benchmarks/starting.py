"""S9: how soon a second `make run` shows its first page, and the first word of the built-in model."""

import asyncio
import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator

from benchmarks.chat import Stage
from benchmarks.report import Figure
from tests.product import Visitor
from tests.product.processes import ROOT, free_port

PATIENCE = 120
EMAIL, PASSWORD = "owner@example.org", "a long bench password"
WEIGHTS = ROOT / "data" / "models"
QUIET = asyncio.subprocess.DEVNULL


class Start:
    """`make run` with a data folder of its own. Without fetched weights it goes without the built-in provider."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.has_weights = WEIGHTS.is_dir()
        self.port = free_port()
        self.data = folder / "data"
        self.data.mkdir()
        if self.has_weights:
            (self.data / "models").symlink_to(WEIGHTS)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PLAYGROUND_DATA": str(self.data),
            "PLAYGROUND_ENGINES": "yes" if self.has_weights else "no",
            "PLAYGROUND_PASSWORD": PASSWORD,
            "PORT": str(self.port),
            "ENGINES_PORT": str(free_port()),
        }
        self.visitor = Visitor(f"http://127.0.0.1:{self.port}")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[float]:
        """Start, give the seconds until the first page was there, and stop in the end."""
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "launch", cwd=ROOT, env=self.environment, stdin=QUIET, stdout=QUIET, stderr=QUIET
        )
        try:
            async with asyncio.timeout(PATIENCE):
                while not await self._page_is_there():
                    assert process.returncode is None, "make run ended by itself"
                    await asyncio.sleep(0.02)
            yield time.monotonic() - begun
        finally:
            self.visitor.close()
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                await process.wait()

    async def set_up(self) -> None:
        command = ["manage.py", "setup", "--email", EMAIL, "--team", "Bench"]
        process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=self.environment, stdout=QUIET)
        assert await process.wait() == 0, "manage.py setup failed"

    async def first_word(self) -> None:
        """Sign in, ask, and wait for the first word of the answer."""
        await self.visitor.sign_in(EMAIL, PASSWORD)
        address = (await self.visitor.post_message("/chat/", "Say hello.")).headers["hx-redirect"]
        live = await self.visitor.live_of(address)
        async with asyncio.timeout(PATIENCE), self.visitor.watch(live) as stream:
            async for event in stream:
                if event.name == "" or event.name.startswith("end-"):
                    return

    async def _page_is_there(self) -> bool:
        try:
            page = await self.visitor.get("/sign-in/")
        except OSError:
            return False
        return page.status < 500


async def measure_second_start(stage: Stage) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="playground-start-") as folder:
        start = Start(pathlib.Path(folder))
        async with start.running() as first:
            await start.set_up()
        begun = time.monotonic()
        async with start.running() as second:
            page = Figure("S9", "second start to the first page", second, "s", 5, f"first start {first:.1f} s, installed before")
            if not start.has_weights:
                return [page]
            await start.first_word()
            spoken = time.monotonic() - begun
    return [page, Figure("S9", "second start to the first word of the built-in model", spoken, "s", 10)]
