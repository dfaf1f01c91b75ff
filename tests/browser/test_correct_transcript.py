"""Correcting in place: by click and key, undone, split and joined; nothing that was typed is lost, and nobody overwrites another."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenSeat
from tests.browser.reader import OpenTranscript, Reader
from tests.browser.seat import Seat

PLACE_OF_WORD = """(text, word) => {
  const at = text.textContent.indexOf(word);
  const { left, top, height } = transcript.rangeOf(text, at, at + word.length).getBoundingClientRect();
  return { x: left + 1, y: top + height / 2 };
}"""


def test_a_click_corrects_and_keys_undo_and_redo(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    before = reader.texts
    reader.edit(1).fill("Better than before.")
    reader.area.press("Enter")
    expect(reader.line(1).locator(".tx")).to_have_text("Better than before.")
    expect(reader.line(1).get_by_role("link", name="Correct 0:05")).to_be_focused()
    for keys, text in (("Control+z", before[1]), ("Control+Shift+z", "Better than before."), ("Control+z", before[1])):
        reader.page.keyboard.press(keys)
        expect(reader.line(1).locator(".tx")).to_have_text(text)
    reader.page.get_by_role("button", name="Redo").click()
    expect(reader.line(1).locator(".tx")).to_have_text("Better than before.")
    expect(reader.page.get_by_role("button", name="Undo", exact=True)).to_be_focused()
    reader.open()
    assert reader.texts == [before[0], "Better than before.", *before[2:]]


def test_leaving_the_text_saves_and_escape_does_not(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    reader.edit(0).fill("Never kept")
    reader.area.press("Escape")
    expect(reader.area).to_have_count(0)
    reader.edit(0).fill("Kept by leaving")
    reader.line(4).locator(".tx").click()
    expect(reader.line(0).locator(".tx")).to_have_text("Kept by leaving")
    expect(reader.line(4).locator("textarea")).to_be_focused()
    reader.page.get_by_role("heading", name="Export and details").click()
    expect(reader.area).to_have_count(0)
    assert reader.texts[0] == "Kept by leaving"


def test_e_corrects_what_is_heard(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    reader.page.evaluate("player.seek(31)")
    reader.page.keyboard.press("e")
    expect(reader.line(4).locator("textarea")).to_be_focused()
    reader.page.keyboard.type(" []e?/")
    assert reader.area.input_value().endswith("again? []e?/")


def test_it_is_split_at_the_cursor_and_joined_again(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    before = reader.texts
    area = reader.edit(1)
    area.evaluate("(area) => { const at = area.value.indexOf('We lost'); area.setSelectionRange(at, at); }")
    area.press("Shift+Enter")
    expect(reader.page.locator(".segrow")).to_have_count(len(before) + 1)
    assert reader.texts[1:3] == ["Better than the ones we had before.", before[1].removeprefix("Better than the ones we had before. ")]
    starts = [float(str(row.get_attribute("data-a"))) for row in reader.page.locator(".segrow").all()]
    assert starts == sorted(starts) and 8 < starts[2] < 9
    expect(reader.line(2).get_by_role("link", name="Correct")).to_be_focused()
    reader.line(1).hover()
    reader.line(1).get_by_role("button", name="More for 0:05").click()
    reader.page.locator("#segment-menu").get_by_role("button", name="Join with the next").click()
    expect(reader.page.locator(".segrow")).to_have_count(len(before))
    assert reader.texts == before
    for number in (1, 0):
        reader.page.keyboard.press("Control+z")
        expect(reader.page.locator(".segrow")).to_have_count(len(before) + number)
    assert reader.texts == before
    expect(reader.page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_click_sets_the_cursor_where_it_is(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    text = reader.line(2).locator(".tx")
    box = text.evaluate(PLACE_OF_WORD, "Saturday")
    reader.page.mouse.click(box["x"], box["y"])
    expect(reader.area).to_be_focused()
    at = reader.area.evaluate("(area) => area.value.slice(area.selectionStart, area.selectionStart + 8)")
    assert at == "Saturday"


def test_what_was_heard_can_be_brought_back(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    before = reader.texts[0]
    reader.edit(0).fill("Wrong")
    reader.area.press("Enter")
    reader.edit(0)
    expect(reader.page.locator(".seg-heard")).to_contain_text(before)
    reader.page.get_by_role("button", name="Bring it back").click()
    expect(reader.line(0).locator(".tx")).to_have_text(before)


def test_two_at_one_text_see_each_other(open_transcript: OpenTranscript, open_seat: OpenSeat, session: Any, seat: Seat) -> None:
    seat.allow("422")
    reader = open_transcript()
    reader.edit(0).fill("My own words")
    other = Reader(open_seat(storage_state=session).page, reader.address).open()
    other.edit(0).fill("Words of a colleague")
    other.area.press("Enter")
    expect(other.line(0).locator(".tx")).to_have_text("Words of a colleague")
    reader.area.press("Enter")
    note = reader.line(0).get_by_role("alert")
    expect(note).to_contain_text("Words of a colleague")
    expect(reader.area).to_have_value("My own words")
    reader.area.press("Enter")
    expect(reader.line(0).locator(".tx")).to_have_text("My own words")
    other.open()
    assert other.texts[0] == "My own words"


def test_speakers_are_named_for_all_and_changed_for_one(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    page = reader.page
    page.locator("#speakers summary").click()
    page.get_by_label("Name of Café owner").fill("Olga")
    page.get_by_label("Name of Café owner").press("Enter")
    expect(page.locator(".segrow .sp", has_text="Olga")).to_have_count(4)
    expect(page.locator("#legend")).to_contain_text("Olga")
    reader.edit(0)
    page.get_by_label("Speaker", exact=True).select_option("Somebody else")
    page.get_by_label("Name of the speaker").fill("Carla")
    page.get_by_label("Name of the speaker").press("Enter")
    expect(reader.line(0).locator(".sp")).to_have_text("Carla")
    expect(page.locator(".speaker")).to_have_count(3)


def test_a_lost_connection_keeps_what_was_typed(open_transcript: OpenTranscript, seat: Seat) -> None:
    seat.allow("ERR_FAILED", "Failed to load resource")
    reader = open_transcript()
    reader.edit(0).fill("Typed without a connection")
    reader.page.route("**/segments/**", lambda route: route.abort())
    reader.area.press("Enter")
    expect(reader.page.locator("#toasts")).to_contain_text("The server did not answer")
    expect(reader.area).to_have_value("Typed without a connection")
    reader.page.unroute("**/segments/**")
    reader.area.press("Enter")
    expect(reader.line(0).locator(".tx")).to_have_text("Typed without a connection")


def test_what_was_typed_survives_a_reload(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    before, go_on = reader.texts, reader.page.get_by_role("button", name="Not saved: go on writing")
    reader.edit(1).fill("Typed and not saved")
    reader.page.reload()
    expect(go_on).to_have_count(1)
    assert reader.texts == before
    go_on.click()
    expect(reader.line(1).locator("textarea")).to_have_value("Typed and not saved")
    expect(reader.line(1)).to_contain_text("You typed this before")
    reader.area.press("Enter")
    expect(reader.line(1).locator(".tx")).to_have_text("Typed and not saved")
    expect(go_on).to_have_count(0)
    reader.page.reload()
    expect(go_on).to_have_count(0)
    expect(reader.edit(1)).to_have_value("Typed and not saved")


def test_what_was_cancelled_is_not_offered_again(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    before = reader.texts
    reader.edit(1).fill("Never wanted")
    reader.page.reload()
    expect(reader.edit(1)).to_have_value("Never wanted")
    reader.area.press("Escape")
    reader.page.reload()
    expect(reader.page.locator(".segrow")).to_have_count(len(before))
    assert reader.page.locator(".unsaved").count() == 0 and reader.edit(1).input_value() == before[1]


def test_what_was_typed_over_other_words_does_not_replace_them_unseen(
    open_transcript: OpenTranscript, open_seat: OpenSeat, session: Any, seat: Seat
) -> None:
    seat.allow("422")
    reader = open_transcript()
    reader.edit(0).fill("My own words")
    other = Reader(open_seat(storage_state=session).page, reader.address).open()
    other.edit(0).fill("Words of a colleague")
    other.area.press("Enter")
    expect(other.line(0).locator(".tx")).to_have_text("Words of a colleague")
    reader.page.reload()
    expect(reader.edit(0)).to_have_value("My own words")
    reader.area.press("Enter")
    expect(reader.line(0).get_by_role("alert")).to_contain_text("Words of a colleague")
    expect(reader.area).to_have_value("My own words")
