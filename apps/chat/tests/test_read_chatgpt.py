"""What is read of an export of ChatGPT."""

import io
import json

import pytest

from apps.chat.chatgpt import Bad, Reason, opened
from apps.chat.tests.exports import chain, read, read_one, texts
from tests.chatgpt_export import as_json, as_zip, in_a_row, message, node, packed


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
