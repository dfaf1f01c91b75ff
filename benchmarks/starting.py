"""S9: how soon a second `make run` shows its first page."""

import asyncio
import os
import pathlib
import signal
import sys
import tempfile
import time

from benchmarks.chat import Stage
from benchmarks.report import Figure
from tests.product.client import Client
from tests.product.processes import ROOT, free_port

PATIENCE = 120


class Start:
    """One `make run` with a data folder of its own and without the built-in provider, whose weights are no matter of speed."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PLAYGROUND_DATA": str(folder / "data"),
            "PLAYGROUND_ENGINES": "no",
            "PORT": str(self.port),
        }

    async def seconds_to_first_page(self) -> float:
        """Start, ask until the page is there, stop; the seconds until then."""
        begun = time.monotonic()
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "launch", cwd=ROOT, env=self.environment, stdin=quiet, stdout=quiet, stderr=quiet
        )
        try:
            async with asyncio.timeout(PATIENCE):
                while not await self._page_is_there():
                    assert process.returncode is None, "make run ended by itself"
                    await asyncio.sleep(0.02)
            return time.monotonic() - begun
        finally:
            process.send_signal(signal.SIGINT)
            await process.wait()

    async def _page_is_there(self) -> bool:
        try:
            page = await Client(f"http://127.0.0.1:{self.port}").request("GET", "/setup/")
        except OSError:
            return False
        return page.status < 500


async def measure_second_start(stage: Stage) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="playground-start-") as folder:
        start = Start(pathlib.Path(folder))
        first = await start.seconds_to_first_page()
        second = await start.seconds_to_first_page()
    return [Figure("S9", "second start to the first page", second, "s", 5, f"first start {first:.1f} s, installed before")]
