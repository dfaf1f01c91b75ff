"""Event streams, cut and framed in every way that servers do it."""

import pytest

from gateway.sse import EventTooBig, Frame, SseDecoder

TWO = (
    [Frame(b'{"a":1}'), Frame(b'{"b":2}')],
    {
        "lf": b'data: {"a":1}\n\ndata: {"b":2}\n\n',
        "crlf": b'data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n',
        "cr": b'data: {"a":1}\r\rdata: {"b":2}\r\r',
        "mixed": b'data: {"a":1}\r\n\ndata: {"b":2}\r\n\r',
        "no space": b'data:{"a":1}\n\ndata:{"b":2}\n\n',
        "byte order mark": b'\xef\xbb\xbfdata: {"a":1}\n\ndata: {"b":2}\n\n',
        "comments": b': ping\n\ndata: {"a":1}\n\n:\n\n: OPENROUTER PROCESSING\n\ndata: {"b":2}\n\n',
        "ids and retries": b'id: 1\nretry: 10\ndata: {"a":1}\n\nid\ndata: {"b":2}\n\n',
        "data on the next line": b'data:\n{"a":1}\n\ndata:\n{"b":2}\n\n',
        "malformed keep-alives": b'data: : keepalive\n\ndata:\n\ndata: \n\nevent: keepalive\n\ndata: {"a":1}\n\ndata: {"b":2}\n\n',
        "many blank lines": b'\n\n\ndata: {"a":1}\n\n\n\ndata: {"b":2}\n\n',
        "blanks behind": b'data: {"a":1}  \n\ndata: {"b":2}\t\n\n',
    },
)


def decode(*chunks: bytes) -> list[Frame]:
    decoder = SseDecoder()
    return [frame for chunk in chunks for frame in decoder.feed(chunk)] + decoder.end()


@pytest.mark.parametrize("raw", TWO[1].values(), ids=TWO[1])
def test_it_reads_the_same_frames_however_they_are_framed(raw):
    assert decode(raw) == TWO[0]


@pytest.mark.parametrize("raw", TWO[1].values(), ids=TWO[1])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_reads_the_same_frames_however_they_are_cut(raw, size):
    assert decode(*(raw[at : at + size] for at in range(0, len(raw), size))) == TWO[0]


def test_it_cuts_lines_only_where_the_format_does():
    separators = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    assert decode(f"data: {separators}\n\n".encode()) == [Frame(separators.encode())]


def test_it_joins_the_lines_of_one_event():
    assert decode(b'data: {"a":\ndata: 1}\n\n') == [Frame(b'{"a":\n1}')]


def test_it_tells_the_name_of_an_event_and_forgets_it_after():
    assert decode(b"event: error\ndata: x\n\ndata: y\n\n") == [Frame(b"x", "error"), Frame(b"y")]


def test_it_does_not_carry_a_name_over_an_event_without_data():
    assert decode(b"event: keepalive\n\ndata: y\n\n") == [Frame(b"y")]


def test_it_takes_a_field_called_error_as_an_error():
    assert decode(b'data: {"a":1}\n\nerror: {"code":500}\n\n') == [Frame(b'{"a":1}'), Frame(b'{"code":500}', "error")]


def test_it_gives_the_last_event_even_without_a_blank_line_behind_it():
    assert decode(b"data: [DONE]") == [Frame(b"[DONE]")]


def test_it_keeps_letters_whole_that_are_cut_between_chunks():
    raw = "data: Grüße 🦊\n\n".encode()
    assert b"".join(frame.data for frame in decode(*(raw[at : at + 1] for at in range(len(raw))))).decode() == "Grüße 🦊"


@pytest.mark.parametrize("raw", [b"data: " + b"x" * 50, b"data: " + b"x" * 50 + b"\n\n", b"data: x\n" * 50, b":" * 50])
@pytest.mark.parametrize("size", [1, 7, 24])
def test_it_refuses_an_event_that_grows_without_end(raw, size):
    decoder = SseDecoder(max_event=20)
    with pytest.raises(EventTooBig):
        for at in range(0, len(raw), size):
            decoder.feed(raw[at : at + size])


def test_it_does_not_count_what_it_has_let_go():
    decoder = SseDecoder(max_event=40)
    frames = [frame for _ in range(1000) for piece in (b": pi", b"ng\n\nda", b"ta: x\n\n") for frame in decoder.feed(piece)]
    assert len(frames) == 1000
