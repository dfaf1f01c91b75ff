"""Keeps one child that does the work of one model: one job at a time, in the order in which they were asked for.

The child starts with the first job and stays until nobody has asked for anything for a while. It ends with its
parent, however that ends, and when whoever waits for a job leaves in the middle of it: that is the only way to
stop the work at once.
"""

import asyncio
import contextlib
import json
import os
import pathlib
import sys
from collections.abc import AsyncGenerator, Callable
from typing import Any

from engines.errors import ApiError, engine_failed, log

ROOT = pathlib.Path(__file__).resolve().parents[1]
# A child costs some hundred megabytes and starts within a second or two: not worth keeping when nobody asks.
IDLE_SECONDS = 900.0
LONGEST_LINE = 4 * 1024 * 1024

Job = dict[str, Any]
Reply = dict[str, Any]


def count_threads() -> int:
    """One core is left free for everything else."""
    return max(1, (os.cpu_count() or 2) - 1)


class Studio:
    """The child of one model. `module` is what runs in it, after `longest` seconds a job is given up.

    That is far more than the largest job needs on a slow machine: a backstop, so that nobody waits for ever behind one that hangs.
    """

    def __init__(self, model: str, module: str, weights: pathlib.Path, longest: float) -> None:
        self.model = model
        self.module = module
        self.weights = weights
        self.longest = longest
        self.turn = asyncio.Lock()
        self.child: asyncio.subprocess.Process | None = None
        self.rest: asyncio.TimerHandle | None = None

    async def make(self, job: Job, tell: Callable[[Reply], None]) -> Reply:
        """The answer to one job; `tell` gets what is said on the way. ApiError when the job is refused or the child dies."""
        async with self.turn:
            return await self.work(job, tell)

    async def finish(self, job: Job) -> Reply:
        """The answer to a short job. It is carried to its end also when whoever waits for it leaves: that costs less than a new child."""
        await self.turn.acquire()
        work = asyncio.create_task(self.work(job, lambda _: None))
        work.add_done_callback(self.end_turn)
        return await asyncio.shield(work)

    def end_turn(self, work: asyncio.Task[Reply]) -> None:
        self.turn.release()
        if not work.cancelled():
            work.exception()  # looked at, so that nobody has to complain when the caller has left

    async def work(self, job: Job, tell: Callable[[Reply], None]) -> Reply:
        is_done = False
        try:
            async with asyncio.timeout(self.longest):
                reply = await self.ask(await self.get_child(), job, tell)
            is_done = True
        except TimeoutError:
            raise engine_failed(f"The model {self.model!r} took longer than {self.longest:g} seconds and was stopped.") from None
        finally:
            if not is_done:
                await self.stop()
        self.stop_later()
        if error := reply.get("error"):
            raise ApiError(**error)
        made: Reply = reply["done"]
        return made

    async def follow(self, job: Job) -> AsyncGenerator[Reply, None]:
        """What is said about one job, as soon as it is said: each `{"partial": …}`, at last `{"done": …}`. Closing it stops the job."""
        said: asyncio.Queue[Reply | None] = asyncio.Queue()
        work = asyncio.create_task(self.make(job, said.put_nowait))
        work.add_done_callback(lambda _: said.put_nowait(None))
        try:
            while (partial := await said.get()) is not None:
                yield {"partial": partial}
            yield {"done": work.result()}
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def ask(self, child: asyncio.subprocess.Process, job: Job, tell: Callable[[Reply], None]) -> Reply:
        assert child.stdin is not None and child.stdout is not None
        with contextlib.suppress(ConnectionError):
            child.stdin.write(json.dumps(job).encode() + b"\n")
            await child.stdin.drain()
        async for line in child.stdout:
            reply: Reply = json.loads(line)
            if "partial" not in reply:
                return reply
            tell(reply["partial"])
        log.warning("The process of model %s has ended in the middle of its work; the next call starts another", self.model)
        raise engine_failed(f"The model {self.model!r} ended in the middle of its work.")

    async def get_child(self) -> asyncio.subprocess.Process:
        if self.child is not None and self.child.returncode is None:
            return self.child
        threads = str(count_threads())
        # Libraries of numbers would take every core there is.
        limits = {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "VECLIB_MAXIMUM_THREADS": threads,
        }
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", self.module, str(self.weights.resolve()), threads]
        try:
            self.child = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, cwd=ROOT, env={**os.environ, **limits}, limit=LONGEST_LINE
            )
        except OSError as error:
            raise engine_failed(f"The process of the model {self.model!r} cannot be started.") from error
        return self.child

    def stop_later(self) -> None:
        if self.rest is not None:
            self.rest.cancel()
        self.rest = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.stop_unless_busy)

    def stop_unless_busy(self) -> None:
        if not self.turn.locked():
            self.kill()

    async def stop(self) -> None:
        child = self.child
        self.kill()
        if child is not None:
            await child.wait()

    def kill(self) -> None:
        child, self.child = self.child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
