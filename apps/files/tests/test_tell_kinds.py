"""What a file is by its content, whatever its name says."""

import json

import pytest

from apps.files.kinds import HEAD, kind_of
from apps.files.models import Kind

EXAMPLE = json.dumps({"messages": [{"role": "user", "content": "Is the bowl oven safe? ü"}]}, ensure_ascii=False).encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.jsonl", EXAMPLE + b"\n" + EXAMPLE, Kind.JSONL),
        ("a.txt", EXAMPLE + b"\n" + EXAMPLE, Kind.JSONL),
        ("a.jsonl", b'{"messages": [broken\n' + EXAMPLE, Kind.JSONL),
        ("a.jsonl", b"\xef\xbb\xbf" + EXAMPLE, Kind.JSONL),
        ("a.jsonl", b"\n\n" + EXAMPLE, Kind.JSONL),
        ("a.jsonl", (EXAMPLE.decode() + "\n").encode("utf-16"), Kind.JSONL),
        ("a.json", EXAMPLE, Kind.TEXT),
        ("a.json", b'{\n  "a": 1\n}\n', Kind.TEXT),
        ("a.csv", b"question,answer\nOven?,Yes\n", Kind.TABLE),
        ("a.csv", b"one\ntwo\n", Kind.TABLE),
        ("a.dat", b"a;b;c\n1;2;3\n4;5;6\n7;8;9\n", Kind.TABLE),
        ("a.txt", b"Dear all,\n\nthe kiln is warm. It was, as we said, lit at six.\n", Kind.TEXT),
        ("a.csv", PNG, Kind.PICTURE),
        ("a.txt", b"%PDF-1.7\n%....", Kind.PDF),
        ("a.txt", b"ID3\x04" + bytes(40), Kind.SOUND),
        ("a.txt", b"RIFF\x00\x00\x00\x00WAVEfmt ", Kind.SOUND),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(20), Kind.SOUND),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(20), Kind.OTHER),
        ("a.xlsx", b"PK\x03\x04" + bytes(range(256)) * 4, Kind.OTHER),
        ("a.jsonl", b"PK\x03\x04" + bytes(range(256)) * 4, Kind.OTHER),
        ("a.txt", bytes(range(256)) * 20, Kind.OTHER),
    ],
)
def test_it_tells_by_the_first_bytes(name: str, head: bytes, kind: Kind) -> None:
    assert kind_of(head, name)[0] == kind


def test_it_takes_a_beginning_that_ends_within_a_letter() -> None:
    line = EXAMPLE + b"\n"
    body = (line * (HEAD // len(line) + 1))[:HEAD]
    for cut in range(1, 90):
        assert kind_of((b" " * cut + body)[:HEAD], "a.jsonl")[0] == Kind.JSONL
    letters = ("ü" * HEAD).encode()
    assert kind_of(b"x" + letters[: HEAD - 1], "a.txt") == (Kind.TEXT, "text/plain")


def test_it_knows_one_very_long_line() -> None:
    assert kind_of(b'{"messages": "' + b"x" * HEAD, "a.bin"[:HEAD])[0] == Kind.JSONL
