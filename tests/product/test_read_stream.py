"""The eyes of the wiring tests: what they would not see, no test could find."""

import uuid

from tests.product.card import Card, words_in
from tests.product.live import Event, EventParser
from tests.wiring.harmless import dangers_in

RUN = str(uuid.UUID(int=7))


def parsed(*pieces: bytes) -> list[Event]:
    events: list[Event] = []
    parser = EventParser(events.append)
    for piece in pieces:
        parser.feed(piece)
    return events


def card_after(*events: tuple[str, str]) -> Card:
    card = Card(RUN)
    for name, data in events:
        card.take(Event(name, data, "", 0.0))
    return card


def start(blocks: str, draft: str) -> tuple[str, str]:
    return f"start-{RUN}", f'<div class="blocks" hx-swap="beforeend">{blocks}</div><div class="draft" id="x">{draft}</div>'


def test_it_reads_events_that_come_in_pieces() -> None:
    events = parsed(b"retry: 1000\n\nevent: com", b"mit-1\ndata: <p>a</p>\ndata: b\n", b"\n: still here\n\ndata: x\n\n")
    assert [(event.name, event.data) for event in events] == [("commit-1", "<p>a</p>\nb"), ("", "x")]


def test_it_puts_a_page_together() -> None:
    card = card_after(
        start("<p>w0001</p>", "<p>w0002 <span></span></p>"),
        ("", f'["{RUN}", "w0003 "]'),
        ("", '["another", "w0009 "]'),
        (f"commit-{RUN}", "<p>w0002 w0003</p>"),
        (f"draft-{RUN}", "<p>w0004</p>"),
    )
    assert card.words == [1, 2, 3, 4]
    assert card.is_unbroken and not card.is_done


def test_it_sees_gaps_and_repeats() -> None:
    assert not card_after(start("", "w0001 w0003")).is_unbroken
    assert not card_after(start("", "w0001 w0002"), ("", f'["{RUN}", "w0002 "]')).is_unbroken
    assert not card_after(start("", "w0002")).is_unbroken


def test_it_begins_again_with_each_start() -> None:
    card = card_after(start("", "w0001 w0002"), start("", "w0001 w0002 w0003"), ("done", ""))
    assert (card.words, card.starts, card.is_done) == ([1, 2, 3], 2, True)


def test_it_shows_the_finished_card_in_the_end() -> None:
    card = card_after(start("", "w0001"), (f"end-{RUN}", "<article>w0001 w0002</article>"))
    assert card.words == words_in("w0001 w0002")


def test_it_names_what_could_do_harm() -> None:
    assert dangers_in('<p class="a">Fine, <a href="https://example.org/">as it is</a></p><pre tabindex="0">x</pre>') == []
    for markup in (
        "<script>x</script>",
        "<p onclick=x>",
        '<a href="javascript:x">',
        '<a href="//host/">',
        '<p hx-get="/x">',
        "<svg>",
        "<img src=x>",
    ):
        assert dangers_in(markup), markup
