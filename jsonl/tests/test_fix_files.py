"""What is mended without knowing what is meant."""

import io
import random
from collections.abc import Collection
from typing import Any

import pytest

import jsonl
from jsonl import fixing
from jsonl.tests.cases import ASK, SAY, chat
from jsonl.tests.test_survive_files import Endless

LINE = chat(ASK, SAY)


def fixed(body: bytes, fixes: Collection[str] = tuple(jsonl.FIXES)) -> tuple[bytes, jsonl.Fixed]:
    target = io.BytesIO()
    told = jsonl.fix(io.BytesIO(body), target.write, fixes)
    assert told.size == len(target.getvalue())
    return target.getvalue(), told


@pytest.fixture(params=[1, 2, 3, 7, 64 * 1024], autouse=True)
def pieces(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the pieces are that it is read in, the same comes out."""
    monkeypatch.setattr(fixing, "PIECE", request.param)


@pytest.mark.parametrize(
    ("body", "wanted", "counts"),
    [
        ("a\nb\n", "a\nb\n", {}),
        ("a\nb", "a\nb\n", {}),
        ("a\r\nb\r\n", "a\nb\n", {"crlf": 2}),
        ("a\r\nb\r", "a\nb\n", {"crlf": 2}),
        ("a\n\n \t\nb\n\n", "a\nb\n", {"blank": 3}),
        ("\n\na", "a\n", {"blank": 2}),
        ("a\n   ", "a\n", {"blank": 1}),
        ("a\r\n\r\nb", "a\nb\n", {"crlf": 1, "blank": 1}),
        ("a\rb\n", "a\rb\n", {}),
        ("  a\n", "  a\n", {}),
        ("", "", {}),
        ("é ñ 한\r\n", "é ñ 한\n", {"crlf": 1}),
    ],
)
def test_it_mends(body: str, wanted: str, counts: dict[str, int]) -> None:
    for before in ("", "\ufeff"):
        found, told = fixed((before + body).encode())
        if before and fixing.PIECE < 3:
            continue  # a mark that is cut in two is none: real pieces are never so short
        assert found.decode() == wanted
        assert {name: getattr(told, name) for name in ("crlf", "blank") if getattr(told, name)} == counts


def test_it_does_only_what_is_wished() -> None:
    body = "\ufeffa\r\n\nb".encode()
    assert fixed(body, ["crlf"])[0] == "\ufeffa\n\nb".encode()
    assert fixed(body, ["blank"])[0] == "\ufeffa\r\nb\n".encode()
    assert fixed(body, [])[0] == body


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_it_reads_another_encoding(encoding: str) -> None:
    if fixing.PIECE < 2:
        return
    found, told = fixed(("\ufeff" + f"{LINE}\r\n" * 40).encode(encoding))
    assert found.decode() == f"{LINE}\n" * 40
    assert (told.utf16, told.crlf) == (1, 40)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_it_reads_another_encoding_without_a_mark(encoding: str) -> None:
    if fixing.PIECE < 4:
        return
    found, told = fixed((f"{LINE}\n" * 40).encode(encoding))
    assert found.decode() == f"{LINE}\n" * 40
    assert told.utf16 == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_nothing_is_left_to_mend(encoding: str) -> None:
    if fixing.PIECE < 64:
        return  # a mark that is cut in two is none
    chance = random.Random(encoding)
    lines = [chat({**ASK, "content": f"{number} é 한 \ufeff"}, SAY) for number in range(12)]
    for _ in range(40):
        marks, ends = "\ufeff" * chance.randrange(3), ["\n", "\r\n", "\n\n", "\r\n \t\r\n"]
        body = marks + "".join(line + chance.choice(ends) for line in lines[:-1]) + lines[-1] + chance.choice(["", *ends])
        found, _told = fixed(body.encode(encoding))
        assert found.decode() == "\n".join(lines) + "\n"
        report = jsonl.check(io.BytesIO(found), "chat")
        assert (report.fixes, report.is_ready, report.counts) == ([], True, {})
        assert fixed(found)[0] == found


def test_twice_is_the_same_as_once() -> None:
    once, _told = fixed(f"{LINE}\r\n\r\n{LINE}".encode())
    twice, told = fixed(once)
    assert once == twice
    assert (told.crlf, told.blank, told.bom, told.utf16) == (0, 0, 0, 0)


def test_spaces_without_an_end_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixing, "PIECE", 256 * 1024)
    largest = 0

    def write(piece: bytes) -> None:
        nonlocal largest
        largest = max(largest, len(piece))

    told = jsonl.fix(io.BufferedReader(Endless(20_000_000, b" ")), write)
    assert (told.size, told.blank) == (20_000_001, 0)
    assert largest <= 512 * 1024
