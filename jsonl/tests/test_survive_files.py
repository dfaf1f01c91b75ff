"""Whatever a file is, it is read to its end in little memory, and nothing is raised."""

import io
import json
import random
import time
import tracemalloc
from typing import Any

import pytest

import jsonl
from jsonl.checking import METHODS
from jsonl.tests.cases import ASK, CALLING, REPLY, SAY, TOOL, chat, pair, request

WHOLE = (chat(ASK, CALLING, REPLY, SAY, tools=[TOOL]) + "\r\n" + pair() + "\n\n" + request() + "\n").encode()


class Endless(io.RawIOBase):
    """So many bytes of one letter, without a line end, that are made when they are asked for."""

    def __init__(self, size: int, letter: bytes = b"x") -> None:
        self.left, self.letter = size, letter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = self.letter * count
        self.left -= count
        return count


@pytest.mark.parametrize("method", METHODS)
def test_it_takes_every_half_of_a_file(method: str) -> None:
    for end in range(len(WHOLE)):
        report = jsonl.check(io.BytesIO(WHOLE[:end]), method)
        assert (report.size, report.lines) == (end, WHOLE[:end].count(b"\n") + (end > 0 and WHOLE[end - 1 : end] != b"\n"))
        is_cut = WHOLE[:end].split(b"\n")[-1].strip() not in (b"", *(line.strip() for line in WHOLE.split(b"\n")))
        assert bool(report.counts["json"] + report.counts["utf8"]) == is_cut


@pytest.mark.parametrize("method", METHODS)
def test_it_takes_any_bytes(method: str) -> None:
    chance = random.Random(7)
    for _ in range(300):
        body = bytearray(WHOLE)
        for _change in range(chance.randrange(1, 12)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        report = jsonl.check(io.BytesIO(bytes(body)), method)
        if report.is_whole:  # a first byte of NUL makes it UTF-16, and that ends it
            assert (report.size, report.lines) == (len(body), body.count(b"\n") + (body[-1:] != b"\n"))
            assert report.examples <= report.lines and report.broken <= report.lines
        else:
            assert report.fixes == ["utf16"]
        json.dumps(report.as_dict(), allow_nan=False).encode()


@pytest.mark.parametrize("value", ["null", "7", "[]", "{}", '"x"', "true", '{"role": {}}', "[[[]]]", '{"url": []}'])
@pytest.mark.parametrize("place", ["messages", "input", "body", "tools", "preferred_output", "non_preferred_output", "functions", "url"])
@pytest.mark.parametrize("method", METHODS)
def test_it_takes_any_shape(method: str, place: str, value: str) -> None:
    for line in (f'{{"{place}": {value}}}', f'{{"messages": [{{"role": "user", "content": {value}}}], "{place}": [{value}]}}'):
        assert jsonl.check(io.BytesIO(line.encode()), method).lines == 1


def test_a_line_without_an_end_takes_no_memory() -> None:
    tracemalloc.start()
    report = jsonl.check(io.BufferedReader(Endless(300_000_000)), "chat", longest=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {problem.code for problem in report.problems} == {"long_line", "few"}
    assert report.size == 300_000_000
    assert peak < 12_000_000


@pytest.mark.parametrize(
    "line",
    [
        b'{"messages": [' + b",".join([b"{}"] * 2_000_000) + b"]}",
        b"{" + b",".join(b'"%x": 0' % number for number in range(1_200_000)) + b"}",
        b'{"a": [' + b'"",' * 2_000_000,
    ],
    ids=["objects", "names", "texts without an end"],
)
def test_a_line_of_millions_of_things_takes_little(line: bytes) -> None:
    began = time.process_time()
    tracemalloc.start()
    report = jsonl.check(io.BytesIO(line), "chat")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    first = report.problems[0]
    assert (first.code, first.values["what"]) == ("json", "deep")
    assert peak < 4 * len(line)
    assert time.process_time() - began < 5


def test_it_reads_no_further_in_a_line_of_nothing_but_mistakes() -> None:
    report = jsonl.check(io.BytesIO(b'{"messages": [' + b",".join([b"{}"] * 50_000) + b"]}"), "chat")
    assert (report.counts["role"], report.broken) == (1_000, 1)


def test_it_can_be_ended_from_outside() -> None:
    class Stop(Exception):
        pass

    def stop(read: int) -> None:
        raise Stop(read)

    lines = (chat(ASK, SAY) + "\n").encode() * 100_000
    with pytest.raises(Stop) as told:
        jsonl.check(io.BytesIO(lines), "chat", progress=stop)
    assert 4 * 1024 * 1024 <= told.value.args[0] < 5 * 1024 * 1024


def test_it_says_from_where_on_nobody_looked_for_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsonl.checking.COMPARED", 5)
    report = jsonl.check(io.BytesIO("\n".join(chat({**ASK, "content": f"{n}?"}, SAY) for n in range(12)).encode()), "chat")
    assert [(problem.code, problem.line) for problem in report.problems] == [("not_compared", 6)]
