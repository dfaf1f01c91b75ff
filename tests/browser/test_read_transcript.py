"""A transcript with scripts: it plays, what is said is followed and marked, found, corrected, undone and exported, by keyboard too."""

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import webvtt
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenSeat
from tests.browser.kept_transcripts import Kept
from tests.browser.seat import PHONE, Seat
from tests.product import Product

OpenTranscript = Callable[..., "Reader"]
MARKED = """(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())"""
SOUND_IS_HERE = """() => new Promise((resolve) => {
  const sound = document.getElementById("sound");
  if (sound.readyState || sound.error) resolve();
  for (const kind of ["loadedmetadata", "error"]) sound.addEventListener(kind, () => resolve(), { once: true });
})"""
WORK = """() => {
  const begun = performance.now();
  for (let tick = 0; tick < 200; tick += 1) document.getElementById("sound").dispatchEvent(new Event("timeupdate"));
  return (performance.now() - begun) / 200;
}"""
PLACE_OF_WORD = """(text, word) => {
  const at = text.textContent.indexOf(word);
  const { left, top, height } = transcript.rangeOf(text, at, at + word.length).getBoundingClientRect();
  return { x: left + 1, y: top + height / 2 };
}"""
PLAY_TRACK = """async (address) => {
  const video = document.createElement("video");
  const track = Object.assign(document.createElement("track"), { kind: "subtitles", srclang: "en", src: address, default: true });
  Object.assign(video, { muted: true, src: document.getElementById("sound").src });
  video.append(track);
  document.body.append(video);
  track.track.mode = "showing";
  const told = new Promise((resolve) => { track.onload = () => resolve("loaded"); track.onerror = () => resolve("refused"); });
  if (await told !== "loaded") return { state: "refused" };
  const seen = [];
  for (const cue of track.track.cues) {
    video.currentTime = (cue.startTime + cue.endTime) / 2;
    await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, 80));
    seen.push([...track.track.activeCues].map((active) => active.text));
  }
  const toldOf = (cue) => ({ start: cue.startTime, end: cue.endTime, text: cue.text, plain: cue.getCueAsHTML().textContent });
  const cues = [...track.track.cues].map(toldOf);
  video.remove();
  return { state: "loaded", cues, seen };
}"""


class Reader:
    """The page of one transcript."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, query: str = "") -> "Reader":
        self.page.goto(f"{self.address}{query}")
        expect(self.page.locator("#player .play")).to_be_visible()
        self.page.evaluate(SOUND_IS_HERE)
        return self

    @property
    def second(self) -> float:
        return float(self.page.evaluate("document.getElementById('sound').currentTime"))

    @property
    def is_paused(self) -> bool:
        return bool(self.page.evaluate("document.getElementById('sound').paused"))

    def marked(self, name: str) -> list[str]:
        found: list[str] = self.page.evaluate(MARKED, name)
        return found

    def line(self, number: int) -> Locator:
        return self.page.locator(".segrow").nth(number)

    @property
    def current(self) -> Locator:
        return self.page.locator(".segrow[aria-current=true]")

    @property
    def area(self) -> Locator:
        return self.page.locator("textarea.seg-text")

    def edit(self, number: int) -> Locator:
        self.line(number).locator(".tx").first.click()
        expect(self.area).to_be_focused()
        return self.area

    @property
    def texts(self) -> list[str]:
        return self.page.locator(".segrow .tx:not(.other)").all_text_contents()


@pytest.fixture(scope="module")
def kept(product: Product) -> Kept:
    return Kept(product)


@pytest.fixture
def open_transcript(seat: Seat, kept: Kept) -> OpenTranscript:
    def open_one(kind: str = "full", query: str = "", page: Page | None = None, **wish: Any) -> Reader:
        return Reader(page or seat.page, kept.keep(kind, **wish)).open(query)

    return open_one


# --- Playing -----------------------------------------------------------------------------------
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


# --- Correcting --------------------------------------------------------------------------------
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


# --- Files -------------------------------------------------------------------------------------
def test_the_panel_shows_the_file_before_it_comes(open_transcript: OpenTranscript, tmp_path: pathlib.Path) -> None:
    reader = open_transcript()
    page, preview = reader.page, reader.page.locator("#preview")
    expect(preview).to_contain_text("<v Interviewer>How did the first")
    page.get_by_role("switch", name="Write speaker names").uncheck()
    expect(preview).not_to_contain_text("<v ")
    page.get_by_role("radio", name="SRT").check(force=True)
    expect(preview).to_contain_text("00:00:00,000 --> 00:00:04,200")
    page.get_by_label("Characters in a line").fill("24")
    expect(preview).to_contain_text(re.compile(r"How did the first\s+set of plates\s"))
    page.evaluate("player.seek(31)")
    expect(preview).to_contain_text("That is easy to change.")
    for name, ending in (("SRT", "srt"), ("VTT", "vtt"), ("Text", "txt"), ("JSON", "json")):
        page.get_by_role("radio", name=name).check(force=True)
        expect(page.locator("#file-button a")).to_have_attribute("href", re.compile(rf"export\.{ending}\?"))
        with page.expect_download() as waiting:
            page.locator("#file-button a").click()
        assert waiting.value.suggested_filename == f"Café owner interview.{ending}"
        waiting.value.save_as(tmp_path / f"it.{ending}")
    assert json.loads((tmp_path / "it.json").read_text())["segments"][0]["text"].startswith("How did")
    assert len(list(webvtt.read(tmp_path / "it.vtt"))) == len(list(webvtt.from_srt(tmp_path / "it.srt"))) > 6


@pytest.mark.parametrize("kind", ["full", "hard"])
def test_the_browser_plays_the_file_as_subtitles(open_transcript: OpenTranscript, kind: str) -> None:
    """Chromium's own parser: every cue is there with its words, and is shown when it is said."""
    reader = open_transcript(kind)
    address = f"{reader.address}export.vtt?width=32&names=on"
    told = reader.page.evaluate(PLAY_TRACK, address)
    file = reader.page.request.get(address).text()
    assert told["state"] == "loaded" and len(told["cues"]) == file.count(" --> ")
    ends = [0.0, *(cue["end"] for cue in told["cues"])]
    for cue, shown, before in zip(told["cues"], told["seen"], ends, strict=False):
        assert shown == [cue["text"]] and before <= cue["start"] + 0.0005 < cue["end"]
    spoken = " ".join(" ".join(cue["plain"].split()) for cue in told["cues"]).replace(" ", "")
    assert spoken == "".join(reader.texts).replace(" ", "")


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
