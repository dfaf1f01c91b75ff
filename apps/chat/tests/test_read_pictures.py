"""What the chat operation makes of pictures that servers put into their answers."""

import base64
import time

import pytest

from apps.chat.operations import ChatReply
from apps.chat.pictures import MOST, Pictures, Sieve
from apps.chat.tests.test_read_stream import chunk, read, state_after
from apps.runs.operations import StreamState
from gateway.types import ApiEvent, ApiResponse

BODY = bytes(range(256)) * 4
DATA = base64.b64encode(BODY).decode()
URL = f"data:image/png;base64,{DATA}"


def image(url=URL):
    return {"type": "image_url", "image_url": {"url": url}}


def bodies(result):
    return [file.body for file in result.files]


def sifted(text, size=20_000):
    """What is left of a text that comes in pieces, and the pictures that were in it."""
    pictures = Pictures()
    sieve = Sieve(pictures)
    left = "".join(sieve.feed(text[at : at + size]) for at in range(0, len(text), size)) + sieve.end()
    return left, [file.body for file in pictures.files]


@pytest.mark.parametrize(
    "delta",
    [
        {"images": [image()]},
        {"images": [{"image_url": URL}]},
        {"images": [{"url": URL}]},
        {"images": [URL]},
        {"images": [DATA]},
        {"images": [{"b64_json": DATA}]},
        {"image": {"url": URL, "detail": "auto"}},
        {"content": [image()]},
        {"content": [{"type": "output_image", "image_url": URL}]},
        {"content": [{"type": "image", "data": DATA, "mime_type": "image/png"}]},
        {"content": [{"inline_data": {"mime_type": "image/png", "data": DATA}}]},
        {"content": [{"inlineData": {"mimeType": "image/png", "data": DATA}}]},
        {"content": f"![a vase]({URL})"},
        {"content": URL},
    ],
)
def test_it_finds_a_picture_in_every_place(delta):
    for result in (read(chunk(delta), chunk({}, "stop")), read({"choices": [{"message": delta, "finish_reason": "stop"}]})):
        assert (bodies(result), result.text) == ([BODY], "")
        assert DATA[:40] not in str(result.response)
        assert result.response["choices"][0]["message"]["images"] == [image("data:image/…")]


def test_it_reads_words_and_pictures_in_their_order():
    parts = [{"type": "text", "text": "One. "}, image(), {"type": "text", "text": "Two."}]
    result = read(chunk({"content": parts}))
    assert (result.text, bodies(result)) == ("One. Two.", [BODY])


def test_it_takes_a_link_as_a_link():
    result = read(chunk({"content": "See", "images": [image("https://pictures.example/a.png")]}))
    assert [(file.url, file.body) for file in result.files] == [("https://pictures.example/a.png", b"")]


def test_it_takes_what_is_told_twice_once():
    """LiteLLM tells a picture in two places, others repeat the whole message at the end."""
    whole = {"role": "assistant", "content": "So", "images": [image()], "image": {"url": URL}}
    result = read(
        chunk({"content": "So"}), chunk({"images": [image()]}), {"choices": [{"index": 0, "message": whole, "finish_reason": "stop"}]}
    )
    assert (result.text, bodies(result)) == ("So", [BODY])


def test_it_takes_ten_and_says_how_many_came():
    urls = [f"data:image/png;base64,{base64.b64encode(bytes([at % 256, at // 256]) * 60).decode()}" for at in range(1000)]
    result = read(chunk({"content": "Many", "images": [image(url) for url in urls]}))
    assert (len(result.files), result.text) == (MOST, "Many")
    assert result.notices == ["1000 pictures came with this answer, more than it may bring. The first 10 were taken."]


def test_it_holds_no_more_than_an_answer_may_bring(monkeypatch):
    monkeypatch.setattr("apps.chat.pictures.MOST_BYTES", 3000)
    other = base64.b64encode(b"x" * 2500).decode()
    result = read(chunk({"images": [image(), image(f"data:image/png;base64,{other}")]}), chunk({"content": f"![]({URL[:-4]}{other})"}))
    assert (bodies(result), result.text) == ([BODY], "")
    assert len(result.notices) == 1 and result.notices[0].startswith("3 pictures came")


def test_it_says_the_same_when_it_is_asked_twice():
    """The end of a call may be put together again when fetching a link failed."""
    state = state_after(chunk({"content": f"So ![x]({URL}", "images": [image("https://a.example/x.png")]}))
    first, second = ChatReply().finish(state), ChatReply().finish(state)
    assert (first.text, len(first.files), first.notices) == (second.text, len(second.files), second.notices) == ("So ", 2, [])


def test_it_takes_the_pictures_of_further_choices_too():
    result = read(chunk({"content": "A"}), chunk({"content": f"B ![b]({URL})"}, index=1), chunk({}, "stop"))
    assert (result.text, bodies(result)) == ("A", [BODY])
    assert DATA[:40] not in str(result.response) and result.response["choices"][1]["message"]["content"] == "B "


@pytest.mark.parametrize(
    "strange", [None, 3, "x", {}, [], {"images": 3}, {"images": [None, 7, [], {}, ""]}, {"image": []}, {"content": [None, {"type": 3}]}]
)
def test_it_stays_calm_at_what_is_no_picture(strange):
    assert not read(chunk(strange if isinstance(strange, dict) else {"images": strange})).files


def test_it_stays_calm_at_nests_without_end():
    nest = image()
    for _level in range(200):
        nest = {"image_url": nest}
    assert not read(chunk({"images": [nest]})).files


def test_it_keeps_what_is_no_base64_for_the_judge():
    result = read(chunk({"images": [image("data:image/svg+xml,%3Csvg/%3E"), image("data:image/png;base64,é!"), image("data:")]}))
    assert bodies(result) == [b"<svg/>", b"", b""]


# --- In the middle of a text -------------------------------------------------------------------
TEXTS = [
    (f"Here:\n\n![a vase]({URL})\n\nNice?", "Here:\n\n\n\nNice?"),
    (f'![Wow! a "vase"]( <{URL}> "A title")!', "!"),
    (f"![]({URL})![]({URL[:-8]}AAAA)", ""),
    (f"Look:{URL}\nand so on", "Look:\nand so on"),
    (f"{URL} more", " more"),
    (URL.replace("+", "%2B"), ""),
    (URL.replace("+", "-").replace("/", "_").replace("data:image_png", "data:image/png"), ""),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 100_000])
@pytest.mark.parametrize(("text", "left"), TEXTS)
def test_it_takes_a_picture_out_of_a_text_however_it_is_cut(text, left, size):
    shown, found = sifted(text, size)
    assert shown == left and found[0] == BODY


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 100_000])
@pytest.mark.parametrize(
    "text",
    [
        "No picture at all. Is it! Yes![no] data: it is d da dat data ![",
        "![a](https://example.org/a.png) and ![b][ref] and !important and ![c](data:text/plain,hello)",
        "Write it as `data:image/png;base64,iVBORw0KGgo...` or ![x](data:image/png;base64,...)",
        f'<img src="{URL}">, url({URL}), "{URL}", `{URL}`',
        "data:image/png;base64,AAAA ends early, data:image/ never begins",
        "![" * 300 + "x" * 400 + "![" + "y" * 400,
        "![" + "data:" * 300,
    ],
)
def test_it_leaves_a_text_that_only_speaks_of_pictures(text, size):
    assert sifted(text, size) == (text, [])


def test_it_takes_out_of_code_what_nobody_can_read():
    data = base64.b64encode(b"pot" * 10_000).decode()
    assert sifted(f'<img src="data:image/png;base64,{data}">') == ('<img src="">', [b"pot" * 10_000])


def test_a_picture_that_breaks_off_is_no_text():
    shown, found = sifted(f"See ![x]({URL[:-300]}", 30)
    assert shown == "See " and len(found) == 1 and found[0] != BODY


def test_it_shows_what_comes_before_and_behind_while_it_comes():
    state = state_after(chunk({"content": f"Before ![x]({URL[:500]}"}))
    assert state.text == "Before "
    ChatReply().fold(ApiEvent(chunk({"content": f"{URL[500:]}) and more"})), state)
    assert state.text == "Before  and more"


def test_it_leaves_pictures_in_thinking_alone():
    result = read(chunk({"content": f"<think>![x]({URL})</think>So ![y]({URL})"}))
    assert (result.text, bodies(result)) == ("So ", [BODY])


def test_a_hundred_thousand_pieces_cost_little():
    state = StreamState()
    pieces = [chunk({"content": letter}) for letter in "a d! [data:" * 9_091]
    began = time.process_time()
    for piece in pieces:
        ChatReply().fold(ApiEvent(piece), state)
    assert time.process_time() - began < 5
    assert ChatReply().finish(state).text == "a d! [data:" * 9_091


def test_a_text_made_to_slow_it_down_does_not():
    began = time.process_time()
    for text in (
        "![" * 500_000,
        "![" + "a" * 1_000_000,
        "![a](" * 200_000,
        "data:image/png;" * 70_000,
        f"![a](data:image/png{';a=b' * 250_000}",
    ):
        assert sifted(text, 4096)[0] == text
    assert time.process_time() - began < 5


def test_a_whole_answer_is_read_alike():
    answer = {"choices": [{"message": {"role": "assistant", "content": "So", "images": [image()]}, "finish_reason": "stop"}]}
    result = ChatReply().parse_response(ApiResponse(200, {}, json=answer))
    assert (result.text, bodies(result), result.finish_reason) == ("So", [BODY], "stop")
