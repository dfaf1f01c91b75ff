"""Keeps one child with a model running: starts it, knows when it is ready, starts it again when it dies."""

import asyncio
import contextlib
import json
import os
import pathlib
import secrets
import sys
from dataclasses import dataclass

from engines.errors import cannot_load, log, not_ready

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTEXT = 8192
SLOTS = 4
# A short load is waited for; a person would rather see the answer come late than an error.
MAX_WAIT_SECONDS = 20.0
# A child that cannot load its model is tried again, ever more rarely.
MAX_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the child listens, and the key it asks for."""

    url: str
    key: str


def count_threads() -> int:
    """One core is left free: threads of llama.cpp wait for each other, and on a busy machine all of them crawl."""
    return max(1, (os.cpu_count() or 2) - 1)


class ModelProcess:
    """One model file and the child that serves it."""

    def __init__(self, model: str, path: pathlib.Path) -> None:
        self.model = model
        self.path = path
        self.process: asyncio.subprocess.Process | None = None
        self.address: Address | None = None
        self.ready = asyncio.Event()
        self.gone = asyncio.Event()
        self.failed = asyncio.Event()
        self.keeper: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        if self.ready.is_set():
            return "ready"
        return "failed" if self.failed.is_set() else "loading"

    def start(self) -> None:
        """Begins to load in the background; harmless when it already runs."""
        if self.keeper is None or self.keeper.done():
            self.keeper = asyncio.create_task(self.keep_running())

    async def stop(self) -> None:
        if self.keeper is not None:
            self.keeper.cancel()
            await asyncio.gather(self.keeper, return_exceptions=True)
            self.keeper = None

    async def get_address(self) -> Address:
        """Where to ask, waiting for a short load. 503 when that takes long or does not work."""
        self.start()
        if not self.ready.is_set():
            await self.wait_a_while()
        if self.address is None:
            if self.failed.is_set():
                raise cannot_load(self.model)
            raise not_ready(f"The model {self.model!r} is still loading.", 5)
        return self.address

    async def wait_a_while(self) -> None:
        either = {asyncio.ensure_future(self.ready.wait()), asyncio.ensure_future(self.failed.wait())}
        await asyncio.wait(either, timeout=MAX_WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for each in either:
            each.cancel()

    async def lost(self, address: Address) -> None:
        """A caller could not reach `address`. Gives the keeper a moment to notice that the child has died."""
        if self.address == address:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.gone.wait(), 2)

    async def keep_running(self) -> None:
        pause = 0.0
        while True:
            has_worked = False
            try:
                has_worked = await self.run_once()
            except OSError:
                log.exception("The process of model %s cannot be started", self.model)
            finally:
                self.ready.clear()
                self.gone.set()
                self.address = None
            log.warning("The process of model %s has ended; it is started again", self.model)
            if has_worked:
                pause = 0.0
                continue
            pause = min(MAX_PAUSE_SECONDS, pause * 2 or 1.0)
            self.failed.set()
            await asyncio.sleep(pause)

    async def run_once(self) -> bool:
        """One life of the child, from its start to its end; whether it ever had its model loaded."""
        key = secrets.token_urlsafe(24)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "engines.chat.child", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
        )
        try:
            url = await self.introduce(self.process, key)
            if url is not None:
                self.address = Address(url, key)
                self.failed.clear()
                self.gone.clear()
                self.ready.set()
            await self.process.wait()
            return url is not None
        finally:
            await end(self.process)

    async def introduce(self, process: asyncio.subprocess.Process, key: str) -> str | None:
        """Tells the child what to load and waits for its address; None when it ends before that."""
        assert process.stdin is not None and process.stdout is not None
        wanted = {
            "path": str(self.path.resolve()),
            "model": self.model,
            "key": key,
            "context": CONTEXT,
            "slots": SLOTS,
            "threads": count_threads(),
        }
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        async for line in process.stdout:
            if line.startswith(b"{"):
                told = json.loads(line)
                log.info("Model %s is ready after %s s", self.model, told["seconds"])
                return str(told["url"])
        return None


async def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
