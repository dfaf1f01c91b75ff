"""What is shown of a file: read no further than it is shown, escaped, in words, in every shape that strangers bring."""

import json
import struct
import time
import zlib
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Team
from apps.files import content
from apps.files.models import Copy, File, Kind
from apps.files.tests.brought import bring, looked_at
from apps.files.tests.test_look_at_files import picture, sound_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def shown(client: Any, file: File, query: str = "") -> str:
    page = client.get(reverse("files:preview", args=[file.pk]) + query, headers=HTMX)
    assert page.status_code == 200
    return str(page.text)


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def test_it_goes_from_example_to_example(team: Team, as_editor: Any) -> None:
    talks = [{"messages": [{"role": "user", "content": f"Question {number}"}]} for number in range(1, 6)]
    file = looked_at(team, "a.jsonl", lines(*talks))
    first, third, last = shown(as_editor, file), shown(as_editor, file, "?line=3"), shown(as_editor, file, "?line=99")
    assert "Example 1 of 5" in first
    assert 'rel="prev"' not in first
    assert "Question 3" in third
    assert 'rel="prev"' in third
    assert 'rel="next"' in third
    assert "Question 5" in last
    assert 'rel="next"' not in last
    for odd in ("?line=0", "?line=-1", "?line=x", "?line=9999999999999999", "?line=²"):
        assert "Example" in shown(as_editor, file, odd)


def test_it_steps_over_empty_lines_both_ways(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "a.jsonl", b'{"messages": []}\n\n\n{"messages": [{"role": "user", "content": "Fourth"}]}\n')
    assert "Line 4 of 4" in shown(as_editor, file, "?line=2")
    assert "Line 1 of 4" in shown(as_editor, file, "?line=3&back=1")


def test_it_tells_roles_and_tools_in_words(team: Team, as_editor: Any) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "stock", "arguments": '{"item": "bowl", "size": 2}'}}
    talk = [
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "How many?"}, {"type": "image_url", "image_url": {"url": "https://a.example/x"}}],
        },
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "12"},
        {"role": "assistant", "content": "Twelve.", "weight": 0},
        {"role": "user", "content": "And plates?"},
        {"role": "assistant", "content": "None."},
    ]
    tools = [{"type": "function", "function": {"name": "stock"}}]
    page = shown(as_editor, looked_at(team, "a.jsonl", lines({"messages": talk, "tools": tools})))
    for words in (
        "Instructions",
        "Person",
        "(a picture)",
        "Calls stock with item: bowl, size: 2",
        "Answer of the tool",
        "Answer, not to be learned",
        "Wanted answer",
    ):
        assert words in page
    assert "https://a.example" not in page


def test_it_tells_requests_and_what_came_of_them(team: Team, as_editor: Any) -> None:
    asked = {"custom_id": "r-1", "method": "POST", "url": "/v1/responses", "body": {"model": "plain-1", "input": "Bowl?", "temperature": 0}}
    answer = {"custom_id": "r-1", "response": {"status_code": 200, "body": {"choices": [{"message": {"content": "Yes."}}]}}, "error": None}
    failed = {"custom_id": "r-2", "response": None, "error": {"code": "batch_expired", "message": "Too late."}}
    pair = {"input": {"messages": [{"role": "user", "content": "Q"}]}, "preferred_output": [{"content": "A"}], "non_preferred_output": None}
    file = looked_at(team, "a.jsonl", lines(asked, answer, failed, pair))
    assert all(words in shown(as_editor, file) for words in ("r-1", "POST /v1/responses", "plain-1", "Bowl?", "Also in it", "temperature"))
    assert "Yes." in shown(as_editor, file, "?line=2")
    assert "Too late." in shown(as_editor, file, "?line=3")
    assert "Preferred answer" in shown(as_editor, file, "?line=4")


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "x", [], {}, {"messages": 3}, {"messages": [None, 1, "x", [], {"role": 4, "content": {"a": 1}}]},
        {"messages": [{"role": "assistant", "tool_calls": [1, {}, {"function": None}, {"function": {"name": 3, "arguments": 4}}]}]},
        {"messages": [{"role": "user", "content": [[1], {"type": None}, {"text": 5}]}]},
        {"messages": [], "tools": [1, {"function": 3}, {}]},
        {"custom_id": None, "body": 3}, {"custom_id": [], "response": {"body": {"choices": [3, {}], "output": {}}}},
        {"custom_id": "a", "error": "no"}, {"custom_id": "a", "body": {"input": [{"role": "user"}, 3], "prompt": [1, 2], "messages": 1}},
        {"preferred_output": 3, "input": [1]}, {"prompt": [], "completion": {}}, {"\ud800": "\udc00"},
    ],
)  # fmt: skip
def test_it_shows_whatever_a_line_is(team: Team, as_editor: Any, value: Any) -> None:
    assert "file-preview" in shown(as_editor, looked_at(team, "a.jsonl", lines({"messages": []}, value)), "?line=2")


def test_it_escapes_and_clips(team: Team, as_editor: Any) -> None:
    said = [{"role": "user", "content": "<script>alert(1)</script>" + "x" * 5_000}] * 60
    file = looked_at(team, "a.jsonl", lines({"messages": said}))
    short, whole = shown(as_editor, file), shown(as_editor, file, "?all=1")
    assert "<script>" not in short + whole
    assert "&lt;script&gt;" in short
    assert "x" * 2_000 not in short
    assert "20 more messages" in short
    assert "Show all" in short
    assert "x" * 5_000 in whole
    assert "Show all" not in whole


def test_it_shows_a_table(team: Team, as_editor: Any) -> None:
    body = "name;note\n" + "".join(f"שם {number};<i>{'y' * 500}\n" for number in range(150))
    file = looked_at(team, "a.csv", body.encode())
    page = shown(as_editor, file)
    assert "150 rows, 2 columns" in page
    assert page.count("<tr>") == 9
    assert "&lt;i&gt;" in page
    assert "y" * 300 not in page
    assert shown(as_editor, file, "?all=1").count("<tr>") == 101


def test_it_shows_the_beginning_of_a_text(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "a.txt", ("Cobalt & iron\n" * 9_000).encode())
    page = shown(as_editor, file)
    assert "Cobalt &amp; iron" in page
    assert len(page) < 6_000
    assert len(shown(as_editor, file, "?all=1")) > 60_000


def test_it_shows_pictures_and_plays_sound_in_parts(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "shelf.png", picture())
    page = shown(as_editor, file)
    assert "600 × 300" in page
    small = as_editor.get(reverse("files:thumbnail", args=[file.pk]))
    assert small["Content-Type"] == "image/webp"
    heard = looked_at(team, "a.wav", sound_of(2))
    assert "<audio" in shown(as_editor, heard)
    assert "autoplay" not in shown(as_editor, heard)
    part = as_editor.get(reverse("files:content", args=[heard.pk]) + "?show", headers={"Range": "bytes=4-11"})
    assert (part.status_code, part["Content-Type"]) == (206, "audio/wav")
    assert b"".join(part) == sound_of(2)[4:12]


def test_it_says_why_nothing_is_shown(team: Team, as_editor: Any) -> None:
    assert "No preview for this file." in shown(as_editor, looked_at(team, "a.bin", bytes(range(256)) * 9))
    far = bring(team, "far.jsonl", b"", copy=Copy.NONE)
    assert "not on this server" in shown(as_editor, far)
    assert "Fetch it" in shown(as_editor, far)
    assert "No preview" not in shown(as_editor, bring(team, "a.jsonl", b"{}\n"))


def test_it_reads_little_of_a_long_file(team: Team, as_editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"messages": [{"role": "user", "content": "x" * 400}]}).encode() + b"\n"
    file = looked_at(team, "a.jsonl", line * 60_000)
    read: list[int] = []
    real = content.Chain.readinto

    def counting(self: Any, buffer: Any) -> int:
        read.append(real(self, buffer))
        return read[-1]

    monkeypatch.setattr(content.Chain, "readinto", counting)
    assert "Example 50,123 of 60,000" in shown(as_editor, file, "?line=50123")
    assert sum(read) < 2_000_000


def bomb(side: int) -> bytes:
    """A picture of a few kilobytes that has side * side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pack, row = zlib.compressobj(9), bytes(side // 8 + 2)
    pixels = b"".join(pack.compress(row) for _row in range(side)) + pack.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


TEN_MB = b"x" * 10_000_000
WIDE = b",".join(b"c%d" % number for number in range(400_000))
NO_PAGES = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n"
SAID = '{"messages": [{"role": "user", "content": "%s"}]}\n'
HOSTILE: dict[str, tuple[bytes, Kind, str]] = {
    "line.txt": (TEN_MB, Kind.TEXT, "Show more"),
    "line.jsonl": (b'{"a": "' + TEN_MB + b'"}\n{"b": 1}\n', Kind.JSONL, "As it stands in the file"),
    "line.csv": (b"a,b\n" + TEN_MB + b",1\n", Kind.TABLE, "Row 2 cannot be read as a row of a table."),
    "columns.csv": (WIDE + b"\n" + WIDE + b"\n", Kind.TABLE, "Row 1 cannot be read as a row of a table."),
    "commas.csv": (b"," * 400_000 + b"\n1,2\n", Kind.TABLE, "Row 1 cannot be read as a row of a table."),
    "wide.csv": (b",".join(WIDE.split(b",")[:600]) + b"\n" + b"1," * 599 + b"2\n", Kind.TABLE, "570 columns are not shown."),
    "deep.jsonl": (b'{"a": ' * 5_000 + b"1" + b"}" * 5_000 + b"\n", Kind.JSONL, "As it stands in the file"),
    "brackets.jsonl": (b'{"messages": ' + b"[" * 900 + b"]" * 900 + b"}\n", Kind.JSONL, "Line 1 of 1"),
    "nul.jsonl": (b'{"a": "\x00bowl"}\n', Kind.JSONL, "\ufffdbowl"),
    "named-nul.jsonl": (b'{"messages": [{"role": "user", "content": "\\u0000bowl"}]}\n', Kind.JSONL, "\ufffdbowl"),
    "nul.csv": (b"a,b\n\x00bowl,1\n2,3\n", Kind.TABLE, "\ufffdbowl"),
    "latin.jsonl": (SAID.encode() % b"caf\xe9", Kind.JSONL, "caf\ufffd"),
    "bytes.csv": (b"a,b\n\xff\xfebowl,1\n2,3\n", Kind.TABLE, "bowl"),
    "rtl.jsonl": ((SAID % "\u202ehe said \u0647\u0644").encode(), Kind.JSONL, "\u202ehe said \u0647\u0644"),
    "many.jsonl": (b'{"messages": [' + b'{"role": "user", "content": "a"},' * 40_000 + b"7]}\n", Kind.JSONL, "As it stands in the file"),
    "returns.txt": (b"a\r" * 400_000, Kind.TEXT, "Show more"),
    "pixels.png": (bomb(20_000), Kind.PICTURE, "It has too many pixels to be shown here."),
    "flat.png": (bomb(7_000), Kind.PICTURE, "7,000 × 7,000"),
    "none.pdf": (NO_PAGES, Kind.OTHER, "It is damaged or not complete"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_shows_little_of_what_is_endless_and_nothing_that_no_page_can_hold(team: Team, as_editor: Any, name: str) -> None:
    body, kind, words = HOSTILE[name]
    file = looked_at(team, name, body)
    assert file.kind == kind
    began = time.process_time()
    page, whole = shown(as_editor, file), shown(as_editor, file, "?all=1")
    assert time.process_time() - began < 3
    assert words in page
    assert len(page) < 12_000
    assert len(whole) < 600_000  # 200,000 letters, some of them escaped
    assert "\x00" not in page + whole
    edit = as_editor.get(reverse("files:edit", args=[file.pk]))
    assert edit.status_code == (200 if len(body) <= 1_000_000 and kind not in (Kind.PICTURE, Kind.OTHER) else 409)
    assert len(edit.content) < 3_000_000 and b"\0" not in edit.content
