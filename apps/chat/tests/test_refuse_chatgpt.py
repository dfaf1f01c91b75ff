"""What becomes of exports of ChatGPT that are none, broken or meant to harm."""

import io
import json
import struct
import tracemalloc
import zipfile

import pytest

from apps.chat.chatgpt import Bad, Reason, Talk, Unreadable, archive, opened, values
from apps.chat.chatgpt.splitting import split
from apps.chat.tests.exports import chain, read, read_one
from tests.chatgpt_export import ROOT, as_json, as_zip, conversation, in_a_row, message, node, packed

# --- What is left out --------------------------------------------------------------------------
WRONG = ["user", 7, None, [], {"mapping": None}, {"mapping": []}, {}]


@pytest.mark.parametrize("wrong", WRONG)
def test_it_names_an_entry_that_is_no_conversation_and_reads_the_others(wrong):
    entries = read(as_json([in_a_row(1, ["a"]), wrong, in_a_row(3, ["c"])]))
    assert [type(entry) for entry in entries] == [Talk, Bad, Talk]
    assert entries[1].reason == Reason.NOT_ONE


@pytest.mark.parametrize("value", [None, 3, "x", [], [1], {"a": []}, True, 1e999])
@pytest.mark.parametrize("place", ["author", "content", "metadata", "recipient", "create_time"])
def test_it_bears_anything_at_any_place_of_a_message(place, value):
    entry = read_one(chain(message("user", "Q"), message("assistant", "A") | {place: value}))
    assert isinstance(entry, Talk)


@pytest.mark.parametrize("value", [None, 3, "x", [], [1, None, {"a": 1}], {"a": []}, {"a": {"message": 3}}])
@pytest.mark.parametrize("place", ["mapping", "title", "current_node", "default_model_slug", "conversation_id", "update_time"])
def test_it_bears_anything_at_any_place_of_a_conversation(place, value):
    (entry,) = read(as_json([in_a_row(1, ["Q", "A"]) | {place: value}]))
    assert isinstance(entry, Talk | Bad)


def test_it_says_that_a_conversation_has_no_words():
    assert read_one(chain(message("system", "x"), message("user", "  "))) == Bad(1, Reason.EMPTY, "Chat 1")


def test_it_reads_on_after_an_entry_that_is_broken():
    broken = b'[{"title":"Bro\\u006ben","mapping":{"a":nonsense}},' + as_json([in_a_row(2, ["b"])])[1:]
    first, second = read(broken)
    assert first == Bad(1, Reason.NOT_JSON, "Broken")
    assert second.title == "Chat 2"


def test_it_names_the_one_in_which_the_file_ends():
    whole = as_json([in_a_row(1, ["a"]), in_a_row(2, ["b"])])
    for length in (len(whole) - 2, len(whole) - 300):
        first, second = read(whole[:length])
        assert (first.title, second) == ("Chat 1", Bad(2, Reason.CUT_OFF, "Chat 2"))


def test_it_leaves_out_what_is_too_large_too_deep_or_too_long():
    large = in_a_row(1, ["a"], extra="x" * 40_000_000)
    deep = b'{"title":"Deep","mapping":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"
    many = conversation(3, {str(n): node(str(n), None, None) for n in range(values.MOST_NODES + 1)}, "")
    long = in_a_row(4, ["a", "x" * 10_000_000])
    body = b"[" + b",".join([json.dumps(large).encode(), deep, json.dumps(many).encode(), json.dumps(long).encode()]) + b"]"
    reasons = [(entry.reason, entry.title) for entry in read(body)]
    assert reasons == [(Reason.TOO_LARGE, "Chat 1"), (Reason.TOO_DEEP, "Deep"), (Reason.TOO_MANY, "Chat 3"), (Reason.TOO_LONG, "Chat 4")]


def test_it_leaves_out_a_row_that_would_be_told_again_and_again():
    mapping, before = {ROOT: node(ROOT, None, message("user", "Q"))}, ROOT
    for number in range(600):
        mapping[f"a{number}"] = node(f"a{number}", before, message("assistant", "x" * 1000))
        mapping[f"q{number}"] = node(f"q{number}", f"a{number}", message("user", "y"))
        before = f"a{number}"
    assert read_one(mapping).reason == Reason.TOO_LARGE


@pytest.mark.parametrize("inside", [b"[]," * 600_000, b'{"":1},' * 600_000])
def test_it_makes_no_millions_of_objects_of_a_few_bytes(monkeypatch, inside):
    monkeypatch.setattr("apps.chat.chatgpt.splitting.MOST_BRACKETS", 500_000)
    assert read(b'[{"title":"Many","a":[' + inside[:-1] + b"]}]") == [Bad(1, Reason.TOO_LARGE, "Many")]


@pytest.mark.parametrize("inside", [b" " * 30_000_000, b"7," * 5_000_000, b'{"a":"' + b"x" * 40_000_000 + b'"}'])
def test_it_takes_little_memory_whatever_stands_in_the_file(monkeypatch, inside):
    monkeypatch.setattr("apps.chat.chatgpt.splitting.MOST_OF_TALK", 1_000_000)
    source = io.BytesIO(b"[" + inside + b"]")
    tracemalloc.start()
    with opened(source) as archive:
        assert all(isinstance(entry, Bad) for entry in archive.entries())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_it_cuts_a_file_the_same_wherever_its_blocks_end():
    whole = as_json([in_a_row(1, ['a "quoted" \\ text', "b]}"]), in_a_row(2, ["\\", '"']), 7])
    once = list(split([whole]))
    assert len(once) == 3
    for size in (1, 2, 3, 5, 64):
        assert list(split([whole[at : at + size] for at in range(0, len(whole), size)])) == once


# --- Files that are none -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "not_export"),
        (b"hello [1]", "not_export"),
        (b'"text"', "not_export"),
        (packed({"other.json": b"[]"}), "not_export"),
        (b"PK\x03\x04" + bytes(500), "damaged"),
        (as_zip([in_a_row(1, ["a"])])[:-60], "damaged"),
    ],
)
def test_it_says_what_is_wrong_with_a_file_as_a_whole(content, kind):
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.kind == kind


def test_it_gives_what_stands_before_the_damage():
    content = bytearray(
        packed({"conversations-000.json": as_json([in_a_row(1, ["a"])]), "conversations-001.json": as_json([in_a_row(2, ["b" * 5000])])})
    )
    at = content.rfind(b"conversations-001.json", 0, content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x01\x02"))) + 40
    content[at : at + 4] = b"\xff\xff\xff\xff"
    found = []
    with opened(io.BytesIO(bytes(content))) as archive, pytest.raises(Unreadable) as refused:
        found.extend(iter(archive.entries()))
    assert refused.value.kind == "damaged"


def test_it_refuses_a_locked_file_and_other_ways_of_packing():
    content = bytearray(as_zip([in_a_row(1, ["a"])]))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"file-abc.png"))
    place = content.find(b"conversations.json", content.find(b"PK\x01\x02")) - 46
    assert at >= 0 and content[place : place + 4] == b"PK\x01\x02"
    content[place + 8] |= 1
    with pytest.raises(Unreadable) as refused:
        read(bytes(content))
    assert refused.value.kind == "locked"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as pack:
        pack.writestr("conversations.json", "[]")
    with pytest.raises(Unreadable):
        read(target.getvalue())


def test_it_unpacks_no_more_than_its_bound(monkeypatch):
    monkeypatch.setattr("apps.chat.chatgpt.archive.MOST_BYTES", 1_000_000)
    bomb = packed({"conversations.json": b"[" + b" " * 5_000_000 + b"]"})
    assert len(bomb) < 10_000
    with pytest.raises(Unreadable) as refused:
        read(bomb)
    assert refused.value.kind == "too_large"


def test_it_does_not_believe_a_zip_file_about_its_size():
    """Told to be small, and larger: what is behind the told size is not unpacked."""
    content = bytearray(packed({"conversations.json": b"[" + b" " * 5_000_000 + b"]"}))
    place = content.find(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 100)
    with opened(io.BytesIO(bytes(content))) as archive, pytest.raises(Unreadable):
        list(archive.entries())
    assert archive.read <= 100


def test_it_does_not_read_a_list_of_files_without_end():
    content = bytearray(as_zip([]))
    place = content.rfind(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<I", 2**31)
    with pytest.raises(Unreadable) as refused:
        read(bytes(content))
    assert refused.value.kind == "damaged"


def test_it_ends_after_the_most_conversations(monkeypatch):
    monkeypatch.setattr("apps.chat.chatgpt.archive.MOST_TALKS", 2)
    with opened(io.BytesIO(as_json([in_a_row(n, ["a"]) for n in range(3)]))) as archive, pytest.raises(Unreadable) as refused:
        list(archive.entries())
    assert refused.value.kind == "too_many"


def test_signs_without_an_end_are_read_at_once():
    """A pattern that looked back over the letters would need hours for these."""
    text = "\ue200" + "a" * 900_000
    assert read_one(chain(message("user", "Q"), message("assistant", text))).said[1].text == "a" * 900_000


def test_the_list_of_files_is_measured_where_python_reads_it(monkeypatch):
    """An end record whose own numbers look like the sign of another one."""
    pack = bytearray(as_zip([in_a_row(1, ["a"])]))
    end = pack.rfind(b"PK\x05\x06")
    pack[end + 16 : end + 20] = b"PK\x05\x06"
    monkeypatch.setattr(archive, "MOST_CONTENTS", 10)
    with pytest.raises(Unreadable):
        read(bytes(pack))
