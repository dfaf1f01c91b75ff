"""Keeps one child that makes pictures: one at a time, in the order in which they were asked for.

The child starts with the first job and stays. It ends with its parent, however that ends, and when
whoever waits for a picture leaves in the middle of it: that is the only way to stop the work at once.
"""

import asyncio
import contextlib
import json
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

from engines.errors import ApiError, engine_failed, log

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Far more than the largest picture needs on a slow machine: a backstop, so that nobody waits for ever behind a job that hangs.
LONGEST_SECONDS = 300.0

Job = dict[str, Any]
Reply = dict[str, Any]


def count_threads() -> int:
    """One core is left free for everything else."""
    return max(1, (os.cpu_count() or 2) - 1)


class Studio:
    """The child of one model."""

    def __init__(self, model: str, weights: pathlib.Path) -> None:
        self.model = model
        self.weights = weights
        self.turn = asyncio.Lock()
        self.child: asyncio.subprocess.Process | None = None

    async def make(self, job: Job, tell: Callable[[Reply], None]) -> Reply:
        """The answer to one job; `tell` gets what is said on the way. ApiError when the job is refused or the child dies."""
        async with self.turn:
            is_done = False
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    reply = await self.ask(await self.get_child(), job, tell)
                is_done = True
            except TimeoutError:
                raise engine_failed(f"The model {self.model!r} took longer than {LONGEST_SECONDS:g} seconds and was stopped.") from None
            finally:
                if not is_done:
                    await self.stop()
        if error := reply.get("error"):
            raise ApiError(**error)
        made: Reply = reply["done"]
        return made

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
        log.warning("The process of model %s has ended in the middle of a picture; the next picture starts another", self.model)
        raise engine_failed(f"The model {self.model!r} ended in the middle of the picture.")

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
        command = [sys.executable, "-m", "engines.images.child", str(self.weights.resolve()), threads]
        try:
            self.child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT, env={**os.environ, **limits})
        except OSError as error:
            raise engine_failed(f"The process of the model {self.model!r} cannot be started.") from error
        return self.child

    async def stop(self) -> None:
        child, self.child = self.child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
