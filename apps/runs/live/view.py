"""`GET /live/?runs=<id>&runs=<id>`: one connection for each page, however many runs it shows.

The only async view. Server-sent events as described in `feed`, then `end-<id>` with the finished
card of each run and `done` when all have ended. Compressed, since drafts repeat themselves.
"""

import time
import uuid
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from apps.accounts import access
from apps.accounts.models import Membership
from apps.runs import registry, words
from apps.runs.live.feed import Feed, event
from apps.runs.live.hub import Hub, Notice, Viewer, hub
from apps.runs.models import Run, RunFile

MAX_RUNS = 200
KEEP_ALIVE_SECONDS = 15.0
ACCESS_SECONDS = 10.0  # how often an open stream asks whether it may still be watched


def in_thread(act: Callable[..., Any]) -> Callable[..., Any]:
    """In a thread that gives its connection back at the end: a pool has few, and idle threads would hold them."""

    def work(*values: Any) -> Any:
        close_old_connections()
        try:
            return act(*values)
        finally:
            close_old_connections()

    return sync_to_async(work, thread_sensitive=False)


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """The event stream of some runs of teams that this person is in: a tab of another team goes on after a change of team."""
    try:
        run_ids = list(dict.fromkeys(uuid.UUID(text) for text in request.GET.getlist("runs")))
    except ValueError:
        return HttpResponseBadRequest(_("An id in this address is not one."))
    if not 0 < len(run_ids) <= MAX_RUNS:
        return HttpResponseBadRequest(_("This address takes between 1 and 200 runs."))
    runs = await sync_to_async(_load)(request, run_ids)
    events = Stream(request, runs).events()
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = StreamingHttpResponse(_packed(events) if is_packed else _encoded(events), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    if is_packed:
        response["Content-Encoding"] = "gzip"
    return response


def _load(request: HttpRequest, run_ids: list[uuid.UUID]) -> list[Run]:
    memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]  # the middleware sets it
    if not memberships:
        raise PermissionDenied
    rows = Run.objects.filter(pk__in=run_ids, team__in=[each.team_id for each in memberships])
    of_team = _by_team(memberships)
    found = {run.pk: run for run in rows.defer("params", "request", "response") if access.is_visible(of_team[run.team_id], run)}
    if len(found) != len(run_ids):
        raise Http404
    return [found[run_id] for run_id in run_ids]


def _by_team(memberships: Sequence[Membership]) -> dict[uuid.UUID, Membership]:
    return {each.team_id: each for each in memberships}


def _reload(run_id: uuid.UUID) -> Run | None:
    """None for one that was purged with its team."""
    close_old_connections()
    return Run.objects.defer("params", "request", "response").filter(pk=run_id).first()


class Stream:
    """What one browser connection is told."""

    def __init__(self, request: HttpRequest, runs: list[Run]) -> None:
        self.request = request
        self.runs = runs
        self.memberships = _by_team(request.memberships)  # type: ignore[attr-defined]  # the middleware sets it
        self.feeds: dict[uuid.UUID, Feed] = {}
        self.previews: dict[uuid.UUID, uuid.UUID] = {}  # the unfinished picture that was told last, by run
        self.viewer = Viewer()

    async def events(self) -> AsyncIterator[str]:
        active = [run for run in self.runs if not run.is_final]
        ids = [run.pk for run in active]
        yield "retry: 1000\n\n"
        for run in self.runs:
            if run.is_final:
                yield await self._end(run)
        station = hub()
        try:
            await station.watch(ids, self.viewer)
            for run in active:
                yield await self._begin(station, run)
            async for text in self._follow(station):
                yield text
        finally:
            await station.leave(ids, self.viewer)
        yield event("done", "")

    async def _begin(self, station: Hub, run: Run) -> str:
        """The row's text and what was published since, as one start."""
        published = await station.replay(run.pk)
        if run.is_final or any(message.is_end for message in published):
            return await self._end(run)
        feed = Feed(str(run.pk), time.monotonic, words.state_line(run), words.renderer_of(run))
        self.feeds[run.pk] = feed
        text = run.text
        thinking = len(run.thinking)
        for message in published:
            thinking = max(thinking, message.thinking)
            if message.at <= len(text):
                text += message.text[len(text) - message.at :]
        return feed.start(text, thinking) + await self._preview(run)

    async def _preview(self, run: Run) -> str:
        """The newest unfinished picture, if it was not told yet."""
        operation = registry.find(run.operation)
        return await in_thread(self._render_preview)(run, operation.preview_template) if operation and operation.has_previews else ""

    def _render_preview(self, run: Run, template: str) -> str:
        preview = RunFile.objects.filter(run=run, role=RunFile.Role.PARTIAL).order_by("-position").first()
        if preview is None or self.previews.get(run.pk) == preview.pk:
            return ""
        self.previews[run.pk] = preview.pk
        return event(f"preview-{run.pk}", render_to_string(template, {"run": run, "preview": preview}, self.request))

    async def _follow(self, station: Hub) -> AsyncIterator[str]:
        told_at = allowed_at = time.monotonic()
        while self.feeds:
            if time.monotonic() - allowed_at >= ACCESS_SECONDS:
                allowed_at = time.monotonic()
                await in_thread(self._look_who_watches)()
                if not self.feeds:
                    return
            notices = await self.viewer.wait(self._patience())
            text = "".join([await self._notice(station, run_id, notice) for run_id, notice in notices])
            text += "".join(feed.emit() for feed in self.feeds.values())
            now = time.monotonic()
            if not text and now - told_at >= KEEP_ALIVE_SECONDS:
                text = ": still here\n\n"
            if text:
                told_at = now
                yield text

    def _look_who_watches(self) -> None:
        """Sessions, roles and teams change while a stream is open. Runs of a team that was lost, and deleted ones, are told of no more."""
        close_old_connections()
        self.memberships = _by_team(access.still_in(self.request))
        seen = {run.pk for run in self.runs if run.team_id in self.memberships and access.is_visible(self.memberships[run.team_id], run)}
        self.feeds = {run_id: feed for run_id, feed in self.feeds.items() if run_id in seen}

    def _patience(self) -> float:
        due = [seconds for feed in self.feeds.values() if (seconds := feed.due_in()) is not None]
        return min([ACCESS_SECONDS, *due])

    async def _notice(self, station: Hub, run_id: uuid.UUID, notice: Notice) -> str:
        feed = self.feeds.get(run_id)
        if feed is None:
            return ""
        is_news = notice is not None and not notice.is_end
        if notice is not None and is_news and feed.take(notice):
            return ""
        run = await in_thread(_reload)(run_id)
        if run is None:
            del self.feeds[run_id]
            return ""
        if is_news:
            return await self._begin(station, run)
        if run.is_final:
            return feed.emit() + await self._end(run)
        feed.catch_up(run.text)
        return feed.retell(words.state_line(run)) + await self._preview(run)

    async def _end(self, run: Run) -> str:
        self.feeds.pop(run.pk, None)
        html = await in_thread(self._card)(run.pk)
        return event(f"end-{run.pk}", html)

    def _card(self, run_id: uuid.UUID) -> str:
        close_old_connections()
        run = Run.objects.select_related("provider").defer("request", "response").get(pk=run_id)
        return render_to_string("runs/_ended.html", {"run": run, "membership": self.memberships.get(run.team_id)}, self.request)


async def _encoded(events: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for text in events:
        yield text.encode("utf-8", "replace")


async def _packed(events: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """gzip, flushed after every piece. A window of 8 KB is enough for drafts and keeps a connection small."""
    packer = zlib.compressobj(4, zlib.DEFLATED, 16 + 13, 6)
    async for text in events:
        yield packer.compress(text.encode("utf-8", "replace")) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush(zlib.Z_FINISH)
