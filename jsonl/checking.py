"""A file against the rules of what it is for: every line, in one pass.

report = check(source, "chat", count=tokens_in)
"""

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson

from jsonl import batches, evals, tuning
from jsonl.faults import fault, near
from jsonl.lines import LONGEST, Line, lines, wide_encoding
from jsonl.report import Longest, Report
from jsonl.values import Found, Told, kind_of, short

Judge = Callable[[Mapping[str, Any], Told], Iterator[Found]]
Count = Callable[[str], int]
MB: Final = 1024 * 1024
TOLD_EVERY: Final = 4 * MB  # bytes between two words about how far it is
COMPARED: Final = 250_000  # lines among which doubles are looked for: some 30 MB of memory
DIGEST: Final = 8  # bytes: two of that many lines are taken for the same once in 500 million files
MOST_NAMES: Final = 250  # models that are counted apart
LONGEST_NAME: Final = 200  # letters of one
MOST_OF_A_LINE: Final = 1_000  # problems: with more it is no line of this kind, and nobody reads on
MOST_THINGS: Final = 2_000_000  # of a line: each takes some fifty bytes of memory when it is read, whatever it took in the file


def _judge_nothing(_value: Mapping[str, Any], _told: Told) -> Iterator[Found]:
    yield from ()


METHODS: Final[dict[str, Judge]] = {
    "chat": tuning.judge_chat,
    "preference": tuning.judge_pair,
    "reinforcement": tuning.judge_graded,
    "batch": batches.judge_request,
    "evals": evals.judge_row,
    "": _judge_nothing,
}
LARGEST: Final = {  # bytes. Rows of an evaluation have no limit of their own: large ones go in parts
    "chat": 512 * MB,
    "preference": 512 * MB,
    "reinforcement": 512 * MB,
    "batch": 200 * MB,
}
TUNING: Final = ("chat", "preference", "reinforcement")


def method_of(value: Any) -> str:
    """How a line looks: one of METHODS, "" for none of them."""
    if not isinstance(value, Mapping):
        return ""
    if "custom_id" in value and "body" in value:
        return "batch"
    if "preferred_output" in value or "non_preferred_output" in value or "preferred_completion" in value:
        return "preference"
    if isinstance(value.get("item"), Mapping) and value.keys() <= evals.KEYS:
        return "evals"
    if not isinstance(value.get("messages"), list):
        return ""
    last = value["messages"][-1] if value["messages"] else None
    is_asked = isinstance(last, Mapping) and last.get("role") in {"user", "developer", "system"}
    return "reinforcement" if is_asked and len(value) > 1 and not value.keys() <= tuning.CHAT else "chat"


def check(
    source: BinaryIO,
    method: str,
    *,
    count: Count = len,
    endpoint: str = "",
    progress: Callable[[int], None] = lambda _read: None,
    longest: int = LONGEST,
) -> Report:
    """Every line of `source`, which stands at its beginning. `count` says how many tokens a text has. `endpoint`: where all requests of
    a batch have to go, one of `batches.ENDPOINTS`; without it, where the first one goes.

    `progress` hears how many bytes were read, and ends it by raising. Raises what it and `source` raise, nothing for what stands in it.
    """
    checking = Checking(method, count, endpoint)
    next_word = TOLD_EVERY
    for line in lines(source, longest):
        if line.number == 1 and line.body is not None and wide_encoding(line.body):
            checking.report.add("utf16")
            checking.report.is_whole = False
            return checking.report
        checking.take(line, longest)
        if line.start + line.size >= next_word:
            progress(line.start + line.size)
            next_word = line.start + line.size + TOLD_EVERY
    return checking.end()


class Checking:
    """One pass. `report` is complete after `end`."""

    def __init__(self, method: str, count: Count, endpoint: str = "") -> None:
        self.report = Report(method)
        self._judge, self._count = METHODS[method], count
        self._seen: set[bytes] = set()
        self._ids: set[bytes] = set()
        self._inputs = self._image_lines = self._blank = self._crlf = 0
        self._url, self._model = endpoint, ""

    def take(self, line: Line, longest: int = LONGEST) -> None:
        report = self.report
        report.lines, report.size = line.number, line.start + line.size
        self._crlf += line.is_crlf
        if line.has_bom:
            report.add("bom", 1)
        if line.body is not None and not line.body.strip():
            self._blank += 1
            return
        before = report.errors
        if line.body is None:
            report.add("long_line", line.number, {"most": longest})
        else:
            self._read(line.number, line.body)
        report.broken += report.errors > before

    def _read(self, number: int, body: bytes) -> None:
        if _is_crowded(body):
            self.report.add("json", number, {"what": "deep", "column": 1, "near": near(body)})
            return
        try:
            value = orjson.loads(body)
            packed = orjson.dumps(value)
        except orjson.JSONEncodeError:  # it goes less deep than reading does
            self.report.add("json", number, {"what": "deep", "column": 1, "near": near(body)})
            return
        except ValueError:
            self.report.add(*_at(number, fault(body)))
            return
        if not isinstance(value, dict):
            self.report.add("not_object", number, {"found": kind_of(value)})
            return
        self.report.examples += 1
        self._compare(number, packed)
        told = Told()
        for found in itertools.islice(self._judge(value, told), MOST_OF_A_LINE):
            self.report.add(*_at(number, found))
        self._remember(number, told)
        if b"\\u0000" in body:
            self.report.add("nul", number)
        if name := _twice(body, packed):
            self.report.add("key_twice", number, {"name": short(name)})

    def _compare(self, number: int, packed: bytes) -> None:
        """However it was written: spaces between its parts make no other example."""
        if self.report.method == "batch":  # its lines have an id each
            return
        if len(self._seen) >= COMPARED:
            if not self.report.counts["not_compared"]:
                self.report.add("not_compared", number, {"line": number})
            return
        digest = _digest(packed)
        if digest in self._seen:
            self.report.add("same_example", number)
        self._seen.add(digest)

    def _remember(self, number: int, told: Told) -> None:
        report = self.report
        tokens = sum(map(self._count, told.texts))
        report.tokens += tokens
        report.characters += sum(map(len, told.texts))
        report.images += told.images
        if report.longest is None or tokens > report.longest.tokens:
            report.longest = Longest(number, tokens)
        self._image_lines += bool(told.images)
        self._inputs += told.inputs if told.url == "/v1/embeddings" else 0
        if report.method == "batch":
            self._remember_request(number, told)

    def _remember_request(self, number: int, told: Told) -> None:
        if told.id and len(self._ids) < COMPARED:
            digest = _digest(told.id.encode("utf-8", "surrogatepass"))
            if digest in self._ids:
                self.report.add("id_twice", number, {"id": short(told.id)})
            self._ids.add(digest)
        self._url = self._same(number, "url", self._url, told.url)
        self._model = self._same(number, "model", self._model, told.model)
        for names, name in ((self.report.urls, told.url), (self.report.models, told.model[:LONGEST_NAME])):
            if name and (name in names or len(names) < MOST_NAMES):
                names[name] += 1

    def _same(self, number: int, what: str, before: str, now: str) -> str:
        if before and now and before != now:
            self.report.add(f"{what}_other", number, {"found": short(now), "wanted": short(before)})
        return before or now

    def end(self) -> Report:
        report = self.report
        for code, found in (("crlf", self._crlf), ("blank", self._blank)):
            if found:
                report.add(code, 0, {"have": found})
        if not report.lines or report.lines == self._blank:
            report.add("empty")
        elif report.method in TUNING and report.examples < tuning.LEAST_EXAMPLES:
            report.add("few", 0, {"have": report.examples, "least": tuning.LEAST_EXAMPLES})
        for code, have, most in self._limits():
            if have > most:
                report.add(code, 0, {"have": have, "most": most})
        return report

    def _limits(self) -> Iterator[tuple[str, int, int]]:
        yield "large", self.report.size, LARGEST.get(self.report.method, self.report.size)
        if self.report.method == "batch":
            yield "many_lines", self.report.lines - self._blank, batches.MOST_LINES
            yield "many_inputs", self._inputs, batches.MOST_INPUTS
        elif self.report.method in TUNING:
            yield "many_images", self._image_lines, tuning.MOST_IMAGE_EXAMPLES


def _at(number: int, found: Found) -> tuple[str, int, Mapping[str, Any]]:
    return found[0], number, found[1]


def _is_crowded(body: bytes) -> bool:
    return len(body) > MOST_THINGS and sum(map(body.count, (b"[", b"{", b","))) + body.count(b'"') // 2 > MOST_THINGS


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=DIGEST).digest()


def _twice(body: bytes, packed: bytes) -> str:
    """A name that stands twice in one object, else "". A reader keeps the last one without a word, so that quotes are missing when the
    line is written again; a quote that was written as a number has to be looked at."""
    if body.count(b'"') == packed.count(b'"') and b"\\u0022" not in body:
        return ""
    found: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs) and not found:
            found.append(Counter(name for name, _value in pairs).most_common(1)[0][0])
        return value

    try:
        json.loads(body, object_pairs_hook=note)
    except (ValueError, RecursionError):  # the strict reader took it, so this is about depth or digits
        return ""
    return found[0] if found else ""
