"""What is written in the background: each as a task of its own, followed by as many listeners as like."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from engines.chat.model import ChatModel
from engines.chat.process import SLOTS
from engines.chat.turn import plan_turn, write_answer
from engines.errors import ApiError, log, mistake
from engines.responses.limits import MOST_IN_BACKGROUND
from engines.responses.request import ResponseAsk
from engines.responses.shelf import Shelf
from engines.responses.writing import Event, Writing, lost


class Job:
    """One response in the background. `events` are all so far."""

    def __init__(self, writing: Writing, ask: ResponseAsk) -> None:
        self.writing = writing
        self.ask = ask
        self.events: list[Event] = writing.opening()
        self.shown: dict[str, Any] = self.events[-1]["response"]  # what was told last
        self.changed = asyncio.Condition()
        self.has_ended = False
        self.is_stopped = False  # whoever stopped it takes it from the desk, once the disk knows
        self.task: asyncio.Task[None] | None = None

    async def tell(self, event: Event) -> None:
        async with self.changed:
            self.note(event)
            self.changed.notify_all()

    def note(self, event: Event) -> None:
        self.events.append(event)
        self.shown = event.get("response", self.shown)

    async def end(self, last: list[Event]) -> None:
        """Nothing follows these; without effect on one that has ended."""
        async with self.changed:
            if not self.has_ended:
                for event in last:
                    self.note(event)
            self.has_ended = True
            self.changed.notify_all()

    async def follow(self, after: int) -> AsyncGenerator[Event, None]:
        """The events behind number `after`, until the last."""
        place = after + 1
        while True:
            async with self.changed:
                while len(self.events) <= place and not self.has_ended:
                    await self.changed.wait()
                fresh = self.events[place:]
            for event in fresh:
                yield event
            place += len(fresh)
            if self.has_ended and place >= len(self.events):
                return


class Desk:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.jobs: dict[str, Job] = {}
        self.places = asyncio.Semaphore(max(1, SLOTS - 1))  # one stays for who waits in front

    async def start(self, model: ChatModel, ask: ResponseAsk, response: dict[str, Any]) -> Job:
        """Kept as queued before anybody hears of it."""
        if len(self.jobs) >= MOST_IN_BACKGROUND:
            message = f"{MOST_IN_BACKGROUND} responses are under way in the background; wait for one of them."
            raise ApiError(429, message, code="rate_limit_exceeded", kind="requests", headers={"retry-after": "5"})
        job = self.jobs[response["id"]] = Job(Writing(response), ask)
        try:
            await asyncio.to_thread(self.shelf.add, dict(response), ask.items)
        except BaseException:
            self.jobs.pop(response["id"])
            raise
        job.task = asyncio.create_task(self.work(model, job))
        return job

    async def work(self, model: ChatModel, job: Job) -> None:
        response = job.writing.response
        try:
            async with self.places:
                await job.tell(job.writing.begin())
                turn = await plan_turn(model.source, job.ask.chat)
                async with aclosing(write_answer(model.source, turn)) as pieces:
                    async for event in job.writing.write(turn, pieces):
                        if event["type"].split(".")[1] in ("completed", "incomplete"):
                            # On the disk before it is told as done.
                            await asyncio.to_thread(self.shelf.finish, dict(response), [*job.events, event])
                        await job.tell(event)
        except Exception as error:
            if not isinstance(error, ApiError):
                log.exception("A response in the background failed")
            await self.fail(job, error if isinstance(error, ApiError) else mistake())
        finally:
            if not job.is_stopped:
                self.jobs.pop(response["id"], None)
                await job.end([])

    async def fail(self, job: Job, error: ApiError) -> None:
        event = job.writing.fail(error)
        try:
            await asyncio.to_thread(self.shelf.finish, dict(job.writing.response), [*job.events, event])
        except Exception as problem:  # it is told as failed when it is asked for
            log.error("A failed response could not be kept: %s", problem)
        await job.tell(event)

    async def stop(self, response_id: str) -> Job | None:
        """Ends the work on it, if there is any. The job stays at the desk and its followers wait: `dismiss` it with its last events."""
        job = self.jobs.get(response_id)
        if job is None or job.task is None:
            return None
        job.is_stopped = True
        job.task.cancel()
        await asyncio.gather(job.task, return_exceptions=True)
        return job

    async def dismiss(self, job: Job, last: list[Event]) -> None:
        self.jobs.pop(job.writing.response["id"], None)
        await job.end(last)

    async def cancel(self, response_id: str) -> None:
        job = await self.stop(response_id)
        if job is None:
            return
        told, end = len(job.events), job.writing.cancel()
        last = [lost(end)]
        try:
            if await asyncio.to_thread(self.shelf.finish, end["response"], [*job.events, end]):
                last = [end]
            else:  # it had ended a moment before, and nobody has heard of it yet
                last = (await asyncio.to_thread(self.shelf.events_of, response_id))[told:]
        finally:
            await self.dismiss(job, last)

    async def delete(self, response_id: str) -> None:
        """Raises ApiError 404 where there is none."""
        job = await self.stop(response_id)
        try:
            await asyncio.to_thread(self.shelf.delete, response_id)
        finally:
            if job is not None:
                await self.dismiss(job, [job.writing.cancel()])

    async def close(self) -> None:
        """What is under way is told as failed at the next start."""
        for response_id in list(self.jobs):
            if job := await self.stop(response_id):
                await self.dismiss(job, [])
