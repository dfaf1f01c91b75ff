"""A transcript with scripts: it plays, what is said is followed, marked and found, by keyboard too; on a phone, and without scripts."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenSeat
from tests.browser.kept_transcripts import Kept
from tests.browser.reader import OpenTranscript, Reader
from tests.browser.seat import PHONE, Seat

WORK = """() => {
  const begun = performance.now();
  for (let tick = 0; tick < 200; tick += 1) document.getElementById("sound").dispatchEvent(new Event("timeupdate"));
  return (performance.now() - begun) / 200;
}"""


def test_it_plays_from_a_time_and_marks_what_is_said(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    assert reader.current.count() == 0, "nothing is said before anything is played"
    reader.line(3).get_by_role("button", name="Play from 0:22").press("Enter")
    expect(reader.current).to_have_attribute("id", str(reader.line(3).get_attribute("id")))
    expect(reader.page.get_by_role("button", name="Pause")).to_be_visible()
    said = set()
    for _look in range(30):
        said |= set(reader.marked("word"))
        reader.page.wait_for_timeout(100)
    assert {"So", "if"} <= said and len(said) > 4, said
    reader.page.get_by_role("button", name="Pause").click()
    assert reader.is_paused and 22.4 < reader.second < 32


def test_the_line_follows_the_sound(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    reader.page.set_viewport_size({"width": 1000, "height": 460})
    for second, number in ((4.9, 0), (5.1, 1), (34.5, 5), (0.5, 0), (39.5, 5)):
        reader.page.evaluate("(second) => player.seek(second)", second)
        expect(reader.current).to_have_attribute("id", str(reader.line(number).get_attribute("id")))
    reader.page.evaluate("() => { player.seek(33.5); player.play(); }")
    expect(reader.line(5)).to_have_attribute("aria-current", "true")
    expect(reader.line(5)).to_be_in_viewport()


def test_keys_play_and_step_and_hurry(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    keyboard, speed = reader.page.keyboard, reader.page.get_by_label("Speed")
    keyboard.press("Space")
    expect(reader.page.get_by_role("button", name="Pause")).to_be_visible()
    keyboard.press("Space")
    expect(reader.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    before = reader.second
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowLeft")
    assert abs(reader.second - before - 5) < 0.3
    keyboard.press("]")
    expect(speed).to_have_value("1.25")
    keyboard.press("[")
    keyboard.press("[")
    expect(speed).to_have_value("0.75")
    assert reader.page.evaluate("document.getElementById('sound').playbackRate") == 0.75
    keyboard.press("]")
    keyboard.press("/")
    expect(reader.page.locator("#jump-q")).to_be_focused()
    keyboard.type("] ")
    expect(speed).to_have_value("1")
    assert reader.is_paused


def test_the_waveform_is_a_slider(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    slider = reader.page.get_by_role("slider", name="Place in the recording")
    expect(slider).to_have_attribute("aria-valuetext", "0:00 of 0:40")
    slider.focus()
    for key, second in (("ArrowRight", 5), ("PageUp", 35), ("ArrowUp", 40), ("Home", 0), ("End", 40), ("PageDown", 10), ("ArrowDown", 5)):
        slider.press(key)
        assert abs(reader.second - second) < 0.3, key
    expect(slider).to_have_attribute("aria-valuetext", re.compile("0:0[45] of 0:40"))
    box = slider.bounding_box()
    assert box is not None
    reader.page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 20)
    assert abs(reader.second - 30) < 0.5
    reader.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20, steps=6)
    reader.page.mouse.up()
    assert abs(reader.second - 10) < 0.5


def test_keys_can_be_switched_off_and_are_listed_on_this_page_only(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    reader.page.keyboard.press("?")
    expect(reader.page.locator("#keys-sheet")).to_contain_text("Correct the segment")
    reader.page.keyboard.press("Escape")
    reader.page.evaluate("document.body.dataset.keys = 'off'")
    reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("e")
    assert reader.second == 0 and reader.area.count() == 0
    reader.page.goto("/help/")
    reader.page.keyboard.press("?")
    expect(reader.page.locator("#keys-sheet dl").first).to_be_visible()
    expect(reader.page.locator("#keys-sheet")).not_to_contain_text("Correct the segment")


# --- Finding -----------------------------------------------------------------------------------
def test_it_finds_words_and_goes_from_one_to_the_next(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    field, told = reader.page.get_by_role("searchbox", name="Find in transcript"), reader.page.locator("[data-hits]")
    field.fill("the")
    expect(told).to_have_text("1 of 7")
    field.press("Enter")
    expect(told).to_have_text("2 of 7")
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    expect(told).to_have_text("7 of 7")
    assert len(reader.marked("hit")) == 7 and len(reader.marked("hit-now")) == 1
    field.fill("DELIVERY  time")
    expect(told).to_have_text("1 of 1")
    assert reader.marked("hit-now") == ["delivery time"]
    field.fill("zzz")
    expect(told).to_have_text("Not found")
    field.press("Escape")
    expect(told).to_have_text("")
    assert reader.marked("hit") == []


def test_unsure_words_are_told_without_a_letter_more_in_the_text(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    line, word = reader.line(2), reader.line(2).locator(".unsure")
    expect(word).to_have_attribute("title", "31 % sure")
    expect(reader.page.get_by_text("Dotted words are those that the model was unsure of.")).to_be_visible()
    assert "(31 % sure)" in line.aria_snapshot()
    assert "sure" not in str(line.locator(".tx").text_content())
    reader.edit(2).press("End")
    assert "sure" not in reader.area.input_value()


def test_the_views_change_while_it_plays(open_transcript: OpenTranscript) -> None:
    reader = open_transcript()
    reader.page.keyboard.press("Space")
    reader.page.get_by_role("link", name="Plain text").click()
    expect(reader.page.locator("#plain-text p")).to_have_count(4)
    assert not reader.is_paused
    reader.page.wait_for_url("**view=text")
    reader.page.get_by_role("link", name="Subtitles").click()
    reader.page.locator(".cuerow .ts").nth(1).click()
    assert 4.9 < reader.second < 9
    reader.page.get_by_role("link", name="Segments").click()
    expect(reader.current).to_have_count(1)


# --- Large, small, without scripts -------------------------------------------------------------
def test_three_hours_are_followed_without_effort(open_transcript: OpenTranscript, seat: Seat) -> None:
    """The work of one tick of the clock, measured: it does not go through thousands of lines."""
    reader = open_transcript("long")
    assert reader.page.evaluate("transcript.rows().length") == 3000
    reader.page.evaluate("document.getElementById('follow').checked = false")
    reader.page.evaluate("player.seek(5400)")
    expect(reader.current.locator(".tx")).to_contain_text("number 1500,")
    assert reader.page.evaluate(WORK) < 2, "milliseconds"
    field = reader.page.get_by_role("searchbox", name="Find in transcript")
    field.fill("number 2999")
    reader.page.wait_for_timeout(500)  # a look of Playwright's at a page that is not ready describes all of it, which takes long
    expect(reader.page.locator("[data-hits]")).to_have_text("1 of 1")
    expect(reader.page.locator(".segrow").last).to_be_in_viewport()


def test_it_is_a_phone_page(open_seat: OpenSeat, session: Any, kept: Kept) -> None:
    seat = open_seat(storage_state=session, viewport=PHONE, has_touch=True)
    reader = Reader(seat.page, kept.keep("full")).open()
    seat.page.get_by_role("link", name="Find in transcript").click()
    seat.page.get_by_role("searchbox", name="Find in transcript").fill("delivery")
    expect(seat.page.locator("[data-hits]")).to_have_text("1 of 2")
    seat.page.get_by_role("link", name="Close the search").click()
    seat.page.get_by_role("button", name="Export").click()
    expect(seat.page.get_by_role("link", name="Download VTT")).to_be_in_viewport()
    seat.page.get_by_role("button", name="Close export and details").click()
    reader.line(0).locator(".tx").tap()
    expect(reader.area).to_be_focused()
    reader.area.fill("On a phone")
    seat.page.get_by_role("button", name="Save", exact=True).tap()
    expect(reader.line(0).locator(".tx")).to_have_text("On a phone")


def test_it_is_read_and_corrected_without_scripts(open_seat: OpenSeat, session: Any, kept: Kept) -> None:
    seat = open_seat(storage_state=session, java_script_enabled=False)
    seat.allow("Autofocus processing was blocked")  # the jump box, on a page that opens at a line
    page = seat.page
    page.goto(kept.keep("full"))
    expect(page.locator("#sound")).to_be_visible()
    expect(page.locator("#player .play")).to_be_hidden()
    page.get_by_role("searchbox", name="Find in transcript").fill("delivery")
    page.get_by_role("searchbox", name="Find in transcript").press("Enter")
    expect(page.locator("mark.hit")).to_have_count(2)
    page.get_by_role("link", name="Correct 0:05").click()
    page.get_by_label("Text", exact=True).fill("By a page of its own.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".segrow .tx").nth(1)).to_have_text("By a page of its own.")
    page.get_by_role("link", name="Correct 0:15").click()
    page.get_by_label("The second segment begins with").select_option(label=page.locator("option", has_text="It came").first.inner_text())
    page.get_by_role("button", name="Split").click()
    expect(page.locator(".segrow")).to_have_count(7)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".segrow")).to_have_count(6)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download VTT").click()
    assert waiting.value.suggested_filename.endswith(".vtt")
