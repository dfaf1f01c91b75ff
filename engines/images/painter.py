"""The child that makes pictures, and the one that reads where it has to know what words mean."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from engines.studio import Job, Reply, Studio


class Painter:
    """For the pictures of one call. `reader` gives the child that reads, or says how to install it; it is asked only when words count."""

    def __init__(self, studio: Studio, reader: Callable[[], Studio], prompt: str) -> None:
        self.studio = studio
        self.reader = reader
        self.prompt = prompt
        self.meanings: Reply | None = None

    async def follow(self, job: Job) -> AsyncGenerator[Reply, None]:
        """What is said about one picture, as `Studio.follow` tells it."""
        if job["kind"] == "draw" and self.meanings is None:
            await self.read()
        if self.meanings is not None:
            job = {**job, "meanings": self.meanings}
        async with aclosing(self.studio.follow(job)) as said:
            async for reply in said:
                if reply.get("done", {}).get("wants") != "meanings":
                    yield reply
                    continue
                await self.read()
                async with aclosing(self.follow(job)) as again:
                    async for later in again:
                        yield later

    async def read(self) -> None:
        self.meanings = await self.reader().finish({"kind": "compare", "prompt": self.prompt})
