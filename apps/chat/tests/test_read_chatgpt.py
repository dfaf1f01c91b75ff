"""What is read of an export of ChatGPT, and what becomes of files that are none, broken or meant to harm."""

import io
import json
import struct
import tracemalloc
import zipfile

import pytest

from apps.chat.chatgpt import Bad, Marks, Reason, Talk, Unreadable, archive, opened, values
from apps.chat.chatgpt.splitting import split
from tests.chatgpt_export import ROOT, as_json, as_zip, conversation, in_a_row, message, node, packed


def read(content: bytes, skip: int = 0):
    with opened(io.BytesIO(content)) as archive:
        return list(archive.entries(Marks(), skip))


def read_one(mapping, current="", **more):
    (entry,) = read(as_json([conversation(1, mapping, current, **more)]))
    return entry


def chain(*messages):
    """One message after the other."""
    keys = [str(number) for number in range(len(messages))]
    return {
        key: node(key, keys[place - 1] if place else None, messages[place], keys[place + 1 : place + 2]) for place, key in enumerate(keys)
    }


def texts(talk):
    assert isinstance(talk, Talk), talk
    return [(each.parent, "answer" if each.is_answer else "question", each.text) for each in talk.said]


# --- What a person finds in the file -----------------------------------------------------------
@pytest.mark.parametrize("pack", [as_json, as_zip])
def test_it_reads_questions_and_answers_with_their_times_and_models(pack):
    first, second = read(pack([in_a_row(1, ["Hello", "Hi!", "And?"]), in_a_row(2, ["Why?", "So."])]))
    assert texts(first) == [(None, "question", "Hello"), (0, "answer", "Hi!"), (1, "question", "And?")]
    assert (first.title, first.key, first.current, first.number) == ("Chat 1", "66600000-0000-4000-8000-000000000001", 2, 1)
    assert (first.said[1].model, first.said[1].at) == ("gpt-4o", 1_717_239_610.0)
    assert (first.created, first.updated) == (1_717_239_600.0, 1_717_240_200.0)
    assert second.number == 2


def test_it_reads_the_numbered_parts_of_a_large_export_in_order():
    parts = {f"conversations-{n:03d}.json": as_json([in_a_row(n, ["a", "b"])]) for n in (2, 0, 1)}
    assert [talk.title for talk in read(packed(parts | {"export_manifest.json": b"{}"}))] == ["Chat 0", "Chat 1", "Chat 2"]


def test_it_reads_no_conversation_twice_where_there_are_one_file_of_all_and_parts():
    files = {"conversations.json": as_json([in_a_row(1, ["a"])]), "conversations-000.json": as_json([in_a_row(1, ["a"])])}
    assert len(read(packed(files))) == 1


def test_it_finds_conversations_in_a_folder_that_was_packed_by_hand():
    assert len(read(as_zip([in_a_row(1, ["a"])], "my export/conversations.json"))) == 1


def test_it_reads_one_conversation_alone():
    assert texts(read(json.dumps(in_a_row(1, ["Only", "one"])).encode())[0])[1] == (0, "answer", "one")


def test_it_goes_on_behind_what_was_read_before():
    content = as_json([in_a_row(number, ["a", "b"]) for number in range(1, 6)])
    assert [entry.number for entry in read(content, skip=3)] == [4, 5]


def test_it_tells_how_far_it_is():
    content = as_zip([in_a_row(number, ["word " * 2000, "b"]) for number in range(200)])
    with opened(io.BytesIO(content)) as archive:
        places = [archive.read for _entry in archive.entries()]
        assert 0 < places[0] < archive.total
        assert archive.read == archive.total


# --- The tree ----------------------------------------------------------------------------------
def test_it_keeps_every_branch_in_the_order_of_the_export():
    mapping = {
        "q": node("q", None, message("user", "Q"), ["b", "a"]),
        "a": node("a", "q", message("assistant", "A"), []),
        "b": node("b", "q", message("assistant", "B"), ["q2"]),
        "q2": node("q2", "b", message("user", "Q2"), []),
    }
    talk = read_one(mapping, "a")
    assert texts(talk) == [(None, "question", "Q"), (0, "answer", "B"), (1, "question", "Q2"), (0, "answer", "A")]
    assert talk.current == 3


def test_it_takes_out_what_nobody_sees_and_keeps_the_tree_together():
    hidden = {"metadata": {"is_visually_hidden_from_conversation": True}}
    talk = read_one(
        chain(
            message("system", ""),
            message("user", {"content_type": "user_editable_context", "user_profile": "I am", "user_instructions": "Be"}, **hidden),
            message("user", "Weather?"),
            message("assistant", {"content_type": "thoughts", "thoughts": [{"content": "Hm"}]}),
            message("assistant", {"content_type": "code", "language": "json", "text": '{"q": 1}'}, recipient="web.run"),
            message("tool", "Sunny 20"),
            message("assistant", "secret", **hidden),
            message("assistant", "It is sunny."),
            message("user", "Thanks"),
        ),
        "8",
    )
    assert texts(talk) == [(None, "question", "Weather?"), (0, "answer", "It is sunny."), (1, "question", "Thanks")]


def test_it_joins_what_the_model_writes_between_its_tools_to_one_answer():
    calls = {"recipient": "python"}
    talk = read_one(
        chain(
            message("user", "Plot it"),
            message("assistant", "First I look."),
            message("assistant", {"content_type": "code", "text": "plot()"}, **calls),
            message("tool", {"content_type": "execution_output", "text": "ok"}),
            message("assistant", "Here it is.", metadata={"model_slug": "gpt-5"}),
        ),
        "4",
    )
    assert texts(talk) == [(None, "question", "Plot it"), (0, "answer", "First I look.\n\nHere it is.")]
    assert talk.said[1].model == "gpt-5"


def test_it_gives_each_way_an_answer_of_its_own_where_a_row_parts():
    mapping = {
        "q": node("q", None, message("user", "Q"), ["a"]),
        "a": node("a", "q", message("assistant", "A"), ["b", "c"]),
        "b": node("b", "a", message("assistant", "B"), []),
        "c": node("c", "a", message("assistant", "C"), []),
    }
    talk = read_one(mapping, "b")
    assert texts(talk) == [(None, "question", "Q"), (0, "answer", "A\n\nB"), (0, "answer", "A\n\nC")]
    assert talk.current == 1


def test_it_shows_the_nearest_words_where_the_shown_path_ends_in_something_hidden():
    mapping = chain(message("user", "Q"), message("assistant", "A"), message("tool", "unseen")) | {
        "x": node("x", "0", message("user", "X"))
    }
    assert read_one(mapping, "2").current == 1
    assert read_one(mapping, "nowhere").current == 2
    assert read_one(mapping, ["?"]).current == 2


def test_it_begins_anew_where_a_parent_is_missing():
    mapping = {"a": node("a", "gone", message("user", "A")), "b": node("b", "gone too", message("user", "B"))}
    assert texts(read_one(mapping)) == [(None, "question", "A"), (None, "question", "B")]


def test_it_finds_a_parent_that_only_names_its_children():
    mapping = {"a": node("a", None, message("user", "A"), ["b", "b", "ghost", "a"]), "b": node("b", None, message("assistant", "B"))}
    assert texts(read_one(mapping)) == [(None, "question", "A"), (0, "answer", "B")]


@pytest.mark.parametrize(
    "mapping",
    [
        {"a": node("a", "b", message("user", "A"), ["b"]), "b": node("b", "a", message("user", "B"), ["a"])},
        {"a": node("a", "a", message("user", "A"), ["a"])},
        {"r": node("r", None, message("user", "R")), "a": node("a", "b", message("user", "A")), "b": node("b", "a", message("user", "B"))},
    ],
)
def test_it_leaves_out_messages_that_follow_one_another_in_a_circle(mapping):
    assert read_one(mapping) == Bad(1, Reason.CIRCLE, "Chat 1")


def test_it_takes_a_long_conversation_without_depth_of_its_own():
    assert len(read(as_json([in_a_row(1, ["a", "b"] * 5000)]))[0].said) == 10_000


# --- Texts -------------------------------------------------------------------------------------
def test_it_marks_pictures_files_and_sound_that_are_not_taken_over():
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1", "width": 1}
    spoken = {"content_type": "audio_transcription", "text": "spoken words", "direction": "in"}
    sound = {"content_type": "audio_asset_pointer", "asset_pointer": "file-service://x"}
    files = {"attachments": [{"name": "plan.pdf", "mime_type": "application/pdf"}, {"name": "cat.png", "mime_type": "image/png"}, 3]}
    talk = read_one(
        chain(
            message("user", {"content_type": "multimodal_text", "parts": [picture, "What is it?", spoken, sound]}, metadata=files),
            message("assistant", {"content_type": "code", "text": "draw"}, recipient="dalle.text2im"),
            message("tool", {"content_type": "multimodal_text", "parts": [picture]}),
            message("assistant", "A cat."),
        )
    )
    assert [each.text for each in talk.said] == [
        "[File: plan.pdf]\n\n[Picture]\n\nWhat is it?\n\nspoken words\n\n[Sound]",
        "[Picture]\n\nA cat.",
    ]


def test_it_reads_a_document_that_was_written_beside_the_chat():
    document = {"content_type": "code", "text": json.dumps({"name": "Plan", "type": "document", "content": "# One"})}
    code = {"content_type": "code", "text": json.dumps({"name": "x", "type": "code/python", "content": "a = '```'"})}
    talk = read_one(
        chain(message("user", "Write"), *(message("assistant", each, recipient="canmore.create_textdoc") for each in (document, code)))
    )
    assert talk.said[1].text == "**Plan**\n\n# One\n\n**x**\n\n````python\na = '```'\n````"


def test_it_shows_sources_as_links_and_no_signs_of_chatgpt():
    text = 'Fact \ue200cite\ue202turn0search0\ue201 in \ue200entity\ue202["city","Seoul",""]\ue201\ue200navlist\ue202x\ue201.'
    sources = {"content_references": [{"matched_text": "\ue200cite\ue202turn0search0\ue201", "alt": "([a](https://a.example))"}, None]}
    assert (
        read_one(chain(message("user", "Q"), message("assistant", text, metadata=sources))).said[1].text
        == "Fact ([a](https://a.example)) in Seoul."
    )


def test_it_replaces_what_no_database_takes():
    told = b'{"author":{"role":"user"},"create_time":NaN,"content":{"parts":["x\\u0000y\\ud83d"]}}'
    (talk,) = read(b'[{"title":"T\\ud800\\u0000","mapping":{"a":{"message":' + told + b"}}}]")
    assert (talk.title, talk.said[0].text, talk.said[0].at) == ("T\ufffd\ufffd", "x\ufffdy\ufffd", None)


@pytest.mark.parametrize("moment", [None, "2024", True, -1, 1e300, 0, [], {"a": 1}])
def test_it_knows_no_time_where_none_is_told(moment):
    talk = read_one(chain(message("user", "Q", moment)), create_time=moment, update_time=moment)
    assert (talk.created, talk.updated, talk.said[0].at) == (None, None, None)


def test_it_numbers_a_conversation_without_a_number_by_its_content():
    same = [in_a_row(1, ["a"], id=None, conversation_id=""), in_a_row(1, ["a"], id=None, conversation_id="")]
    first, second = read(as_json(same))
    assert first.key == second.key and first.key.startswith("sha256-")


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
