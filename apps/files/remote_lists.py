"""The lists of a provider, read page by page: files, batches, fine-tuning jobs. They change nothing, so they are no runs."""

import asyncio
import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apps.accounts.models import Team, User
from apps.files.models import PARENT, File
from apps.files.remote_answers import Listed, file_of, usable_id
from apps.files.remote_keys import can_tell, lister
from apps.providers.connections import NotReady, connect
from apps.providers.models import Provider
from apps.runs.models import Run
from gateway import ApiRequest, Bounds, Connection, Gateway, GatewayError

BOUNDS: Final = Bounds(first_byte=60.0, silence=30.0, total=180.0, max_bytes=32 * 1024 * 1024)
LIMITS: Final = (
    2_000,
    1_000,
    100,
    0,
)  # entries of a page: OpenAI gives ten thousand, which takes memory; others refuse that; 0 says nothing of it
MOST_LOOKED_AT: Final = 20  # pages, where one file is looked for
EARLIER: Final = datetime.timedelta(minutes=10)  # by which clocks may differ


class NotListed(Exception):
    """The list could not be read. `status`: of the answer, 0 where there was none."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class TooLong(NotListed):
    """The list goes on after all that is read of it, so nobody can say what is not in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries as they came, and where the next page begins; empty after the last one."""

    entries: Sequence[Any]
    after: str


class Reader:
    """Reads the lists of one provider for somebody. It remembers how long the pages are that it gives. Raises NotListed."""

    def __init__(self, provider: Provider, person: User | None, team: Team) -> None:
        try:
            self._connection: Connection = connect(provider, person, team).connection
        except NotReady as error:
            raise NotListed(error.sentence) from error
        self._limits = list(LIMITS)

    def page(self, path: str, after: str = "", **query: str) -> Page:
        while True:
            try:
                return self._page(path, after, query)
            except NotListed as error:
                if error.status not in {400, 422} or len(self._limits) == 1:
                    raise
                self._limits.pop(0)

    def _page(self, path: str, after: str, query: Mapping[str, str]) -> Page:
        limit = self._limits[0]
        asked = {**query, **({"limit": str(limit)} if limit else {}), **({"after": after} if after else {})}
        body = self._ask(ApiRequest("GET", path, query=tuple(asked.items())))
        entries = body.get("data") if isinstance(body, Mapping) else body
        if not isinstance(entries, list):
            raise NotListed("The answer holds no list.", 200)
        return Page(entries, _after(body, entries, limit))

    def _ask(self, request: ApiRequest) -> Any:
        try:
            return asyncio.run(self._send(request))
        except GatewayError as error:
            raise NotListed(error.sentence, error.status or 0) from error

    async def _send(self, request: ApiRequest) -> Any:
        gateway = Gateway(self._connection, BOUNDS)
        try:
            return (await gateway.send(request)).json
        finally:
            await gateway.aclose()


def _after(body: Any, entries: Sequence[Any], limit: int) -> str:
    """Where the next page begins. A server that does not say whether there is one has one if this page is full."""
    told = body.get("has_more") if isinstance(body, Mapping) else None
    is_more = told if isinstance(told, bool) else bool(limit) and len(entries) >= limit
    if not is_more:
        return ""
    last = body.get("last_id") if isinstance(body, Mapping) else None
    ids = (entry.get("id") for entry in reversed(entries) if isinstance(entry, Mapping))
    return str(last) if usable_id(last) else next((each for each in ids if usable_id(each)), "")


def find(file: File, since: datetime.datetime) -> Listed | None:
    """The file at its provider that was made of ours after this moment; None where there is none. Raises NotListed, TooLong."""
    assert file.provider is not None
    mine = File.objects.filter(provider=file.provider_id).exclude(wisher=None)
    if file.provider.team_id is not None:  # else what another team sent there is known too
        mine = mine.filter(team=file.team_id)
    known = set(mine.values_list("remote_id", flat=True))
    sent = Run.objects.filter(parent_kind=PARENT, parent_id=file.pk, provider=file.provider_id)
    if not can_tell(file, sent):
        raise NotListed("")  # it went with a key that is not here any more, and no other one tells
    names = {file.name, *sent.values_list("params__name", flat=True)}  # it may have been renamed since
    for listed in _files(Reader(file.provider, lister(file, sent), file.team), file.purpose, since - EARLIER):
        is_new = listed.created_at is None or listed.created_at >= since - EARLIER
        if is_new and listed.name in names and listed.size == file.size and listed.id not in known:
            return listed
    return None


def _files(reader: Reader, purpose: str, since: datetime.datetime) -> Iterator[Listed]:
    """The newest first, where the provider does as it was asked: then what is older than `since` is not read. Raises NotListed, TooLong."""
    after = ""
    moments: list[datetime.datetime | None] = []
    for _page in range(MOST_LOOKED_AT):
        page = reader.page("/files", after, purpose=purpose, order="desc")
        listed = [entry for each in page.entries if (entry := file_of(each)) is not None]
        yield from listed
        moments += [entry.created_at for entry in listed]
        if not page.after:
            return
        if page.after == after:
            raise TooLong("")
        after = page.after
    if not _is_newest_first(moments) or moments[-1] >= since:
        raise TooLong("")


def _is_newest_first(moments: Sequence[Any]) -> bool:
    return bool(moments) and None not in moments and all(one >= other for one, other in itertools.pairwise(moments))
