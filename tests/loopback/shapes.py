"""Odd but legal, or broken, ways to put the bytes of an event stream on the wire."""

from collections.abc import Iterable, Iterator


def with_crlf(frames: Iterable[bytes]) -> Iterator[bytes]:
    return (frame.replace(b"\n", b"\r\n") for frame in frames)


def without_space(frames: Iterable[bytes]) -> Iterator[bytes]:
    return (frame.replace(b"data: ", b"data:", 1) for frame in frames)


def with_comments(frames: Iterable[bytes]) -> Iterator[bytes]:
    for frame in frames:
        yield b": keep-alive\n\ndata:\n\ndata: : keepalive\n\nevent: keepalive\n\n" + frame


def with_broken_utf8(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Half a letter, a byte that starts nothing and an encoded surrogate, inside the first text of each frame."""
    for frame in frames:
        yield frame.replace(b'"content": "w', b'"content": "\xe2\x82\xff\xed\xa0\x80w', 1)


def byte_by_byte(frames: Iterable[bytes]) -> Iterator[bytes]:
    for frame in frames:
        for byte in frame:
            yield bytes([byte])


def with_split_letters(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Every byte outside ASCII goes alone."""
    for frame in frames:
        start = 0
        for index, byte in enumerate(frame):
            if byte >= 0x80:
                if index > start:
                    yield frame[start:index]
                yield frame[index : index + 1]
                start = index + 1
        yield frame[start:]
