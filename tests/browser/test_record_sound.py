"""Recording with a microphone: what was said is there, also when the tab is killed, the connection goes or the microphone does."""

import datetime
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.microphone import hear, launch_with_microphone, melody
from tests.browser.seat import Seat
from tests.browser.sound_scenes import LONG_WAIT
from tests.product import Product
from tests.product.product import wait_until

OpenRecorder = Callable[[], Seat]


@pytest.fixture(scope="module")
def speaking(browser: Browser, chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    file = tmp_path_factory.mktemp("microphone") / "melody.wav"
    file.write_bytes(melody())
    started = launch_with_microphone(browser, chromium_path, file)
    yield started
    started.close()


@pytest.fixture
def open_recorder(speaking: Browser, product: Product, session: Any) -> Iterator[OpenRecorder]:
    seats: list[Seat] = []

    def open_one() -> Seat:
        seats.append(Seat(speaking, product.url, storage_state=session))
        seats[-1].page.goto("/transcribe/")
        return seats[-1]

    yield open_one
    for seat in seats:
        seat.close()
    assert [trouble for seat in seats for trouble in seat.unexpected()] == []


def press(page: Page, name: str) -> None:
    page.locator("#recorder").get_by_role("button", name=name, exact=True).click()


def clock(page: Page) -> float:
    minutes, _colon, seconds = page.locator("[data-clock]").inner_text().partition(":")
    return int(minutes) * 60 + int(seconds)


def wait_for_second(page: Page, second: int) -> None:
    expect(page.locator("[data-clock]")).to_have_text(f"0:{second:02}")


def newest(product: Product) -> dict[str, Any]:
    return product.rows("SELECT * FROM transcription_recording ORDER BY id DESC LIMIT 1")[0]


def how_many(product: Product) -> int:
    return len(product.rows("SELECT id FROM transcription_recording"))


def kept(product: Product) -> list[tuple[int, float]]:
    """The words of the newest recording, once it was looked at."""
    row = wait_until(lambda: (found := newest(product))["state"] == "ready" and found, 40, "the recording is ready")
    return hear(product.folder / "data" / "files" / row["file"])


def numbers(words: list[tuple[int, float]]) -> list[int]:
    return [number for number, _second in words]


def test_it_records_pauses_and_plays_what_was_said(open_recorder: OpenRecorder, product: Product) -> None:
    page = open_recorder().page
    press(page, "Record")
    wait_for_second(page, 3)
    assert page.locator("[data-level] i").evaluate_all("bars => bars.some(bar => Number(bar.style.getPropertyValue('--loud')) > 0.2)")
    press(page, "Pause")
    at = clock(page)
    expect(page.locator("#announce")).to_contain_text("Paused at 0:0")
    page.wait_for_timeout(1500)
    assert clock(page) == at, "time stands still while nobody is recorded"
    press(page, "Go on")
    wait_for_second(page, 5)
    press(page, "Stop")
    row = page.locator(".rec").first
    expect(row).to_contain_text("Ready", timeout=LONG_WAIT)
    words = kept(product)
    assert numbers(words)[:3] == [0, 1, 2]
    assert max(abs(second - number - words[0][1]) for number, second in words[:3]) < 0.2, "each word where it was said"
    assert 3 not in numbers(words) or numbers(words)[-1] >= 5, "what was said in the pause is not there"
    audio = page.locator("[data-again]")
    expect(audio).to_be_visible()
    wait_until(lambda: 3.5 < (audio.evaluate("audio => audio.duration") or 0) < 8, 5, "the player knows how long it is")
    press_play = row.get_by_role("link", name="Listen to")
    press_play.click()
    player = row.locator("audio")
    wait_until(lambda: player.evaluate("audio => audio.currentTime") > 0.2, 10, "the kept recording plays")
    player.evaluate("audio => { audio.currentTime = 3.2; }")
    wait_until(lambda: player.evaluate("audio => audio.currentTime") > 3.3, 10, "it plays from its middle")


def test_it_has_the_sound_of_a_tab_that_was_killed(open_recorder: OpenRecorder, product: Product) -> None:
    seat = open_recorder()
    press(seat.page, "Record")
    wait_for_second(seat.page, 6)
    spoken = clock(seat.page)
    with pytest.raises(Error):
        seat.page.goto("chrome://crash")  # the process of the tab is gone, and says nothing
    with sqlite3.connect(product.database, timeout=20) as connection:  # half a minute later
        earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)
        connection.execute(
            "UPDATE transcription_recording SET touched_at = ? WHERE state = 'coming'", [earlier.strftime("%Y-%m-%d %H:%M:%S.%f")]
        )
    words = kept(product)
    assert numbers(words)[:3] == [0, 1, 2]
    assert newest(product)["seconds"] > spoken - 5, "no more than five seconds are lost"
    other = open_recorder().page
    expect(other.locator(".rec").first).to_contain_text("Unfinished recording, kept: 0:0")


def test_it_keeps_what_is_said_without_a_connection(open_recorder: OpenRecorder, product: Product) -> None:
    seat = open_recorder()
    seat.allow("net::ERR_INTERNET_DISCONNECTED")
    press(seat.page, "Record")
    wait_for_second(seat.page, 2)
    seat.context.set_offline(True)
    expect(seat.page.locator("#recorder [data-status]")).to_contain_text("No connection. Go on")
    wait_for_second(seat.page, 6)
    seat.context.set_offline(False)
    press(seat.page, "Stop")
    expect(seat.page.locator(".rec").first).to_contain_text("Ready", timeout=LONG_WAIT)
    words = numbers(kept(product))
    assert words == sorted(set(words)) and words[0] == 0 and words[-1] >= 4, "nothing is there twice"
    assert words[-1] + 1 - len(words) <= 1, "a piece has two words: none is missing, whatever a busy microphone swallowed"


def test_what_is_said_after_it_was_ended_elsewhere_is_a_recording_of_its_own(open_recorder: OpenRecorder, product: Product) -> None:
    seat = open_recorder()
    seat.allow("net::ERR_INTERNET_DISCONNECTED", "status of 409")
    before = how_many(product)
    press(seat.page, "Record")
    wait_until(lambda: how_many(product) > before and newest(product)["pieces"], 10, "its beginning has arrived")
    seat.context.set_offline(True)
    with sqlite3.connect(product.database, timeout=20) as connection:  # as after half a minute, and a click on Transcribe
        connection.execute("UPDATE transcription_recording SET state = 'checking' WHERE state = 'coming'")
    begun = newest(product)["id"]
    wait_until(lambda: newest(product)["state"] == "ready", 40, "the sweeper has looked at it")
    wait_for_second(seat.page, int(clock(seat.page)) + 4)
    seat.context.set_offline(False)
    press(seat.page, "Stop")
    expect(seat.page.locator("#recorder")).to_contain_text("is a recording of its own", timeout=LONG_WAIT)
    wait_until(lambda: newest(product)["id"] != begun, 20, "the rest is a recording")
    assert newest(product)["name"].endswith(", the rest")
    words = kept(product)
    assert numbers(words)[-1] >= 5 and all(abs(second - number - words[0][1]) < 0.3 for number, second in words)
    wait_until(lambda: seat.page.evaluate("soundShelf.begun()") == [], 10, "nothing stays in the browser")


def test_it_has_what_was_said_without_a_connection_in_a_tab_that_was_killed(open_recorder: OpenRecorder, product: Product) -> None:
    seat = open_recorder()
    seat.allow("net::ERR_INTERNET_DISCONNECTED")
    seat.context.set_offline(True)
    press(seat.page, "Record")
    wait_for_second(seat.page, 5)
    with pytest.raises(Error):
        seat.page.goto("chrome://crash")
    seat.page.close()
    seat.context.set_offline(False)
    before = how_many(product)
    again = seat.context.new_page()
    again.goto("/transcribe/")
    wait_until(lambda: how_many(product) > before, 10, "the next page sends what the browser kept")
    assert numbers(kept(product))[:4] == [0, 1, 2, 3]
    assert again.evaluate("soundShelf.begun()") == [], "nothing stays in the browser"


def test_it_keeps_what_is_said_by_somebody_who_was_signed_out(open_recorder: OpenRecorder, product: Product, session: Any) -> None:
    seat = open_recorder()
    seat.allow("status of 403")
    press(seat.page, "Record")
    wait_for_second(seat.page, 2)
    seat.context.clear_cookies()
    expect(seat.page.locator("#recorder").get_by_role("alert")).to_contain_text("What you recorded is kept in this browser")
    seat.context.add_cookies(session["cookies"])
    again = seat.context.new_page()
    again.goto("/transcribe/")
    expect(again.locator(".rec").first).to_contain_text("Ready", timeout=LONG_WAIT)
    words = numbers(kept(product))
    assert words == list(range(len(words))) and len(words) >= 2


def test_it_keeps_what_there_is_when_the_microphone_goes(open_recorder: OpenRecorder, product: Product) -> None:
    seat = open_recorder()
    seat.page.add_init_script("""const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wish) => (window.held = await ask(wish));""")
    seat.page.reload()
    press(seat.page, "Record")
    wait_for_second(seat.page, 3)
    seat.page.evaluate("held.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
    expect(seat.page.get_by_role("alert")).to_have_text("The microphone went away. What was recorded until then is kept.")
    expect(seat.page.locator(".rec").first).to_contain_text("Ready", timeout=LONG_WAIT)
    assert numbers(kept(product))[:2] == [0, 1]


def test_it_is_discarded_and_brought_back(open_recorder: OpenRecorder) -> None:
    seat = open_recorder()
    seat.allow("Autofocus processing was blocked")  # it comes back to the line, which is a place in the page
    page = seat.page
    press(page, "Record")
    wait_for_second(page, 3)
    press(page, "Stop")
    expect(page.locator(".rec").first).to_contain_text("Ready", timeout=LONG_WAIT)
    number = page.locator(".rec").count()
    press(page, "Discard")
    expect(page.locator(".rec")).to_have_count(number - 1)
    expect(page.locator("#recorder").get_by_role("button", name="Record", exact=True)).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".rec")).to_have_count(number)


REFUSE = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); };"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("", "No microphone was found. Connect one and try again."),
        (REFUSE % "NotAllowedError", "The browser blocks the microphone. Allow it in the address bar."),
        (REFUSE % "NotReadableError", "Another program uses the microphone. Close it and try again."),
        ("Object.defineProperty(window, 'isSecureContext', { value: false });", "Recording needs https or localhost."),
        ("delete window.MediaRecorder;", "This browser cannot record. Upload a recording instead."),
    ],
)
def test_it_says_why_it_cannot_record(seat: Seat, script: str, sentence: str) -> None:
    seat.context.grant_permissions(["microphone"])  # the browser of this seat has none
    seat.page.add_init_script(script or "0")
    seat.page.goto("/transcribe/")
    press(seat.page, "Record")
    expect(seat.page.locator("#recorder").get_by_role("alert")).to_have_text(sentence)
    expect(seat.page.locator("#recorder").get_by_role("button", name="Record", exact=True)).to_be_visible()


def test_it_is_used_by_keyboard(open_recorder: OpenRecorder, product: Product) -> None:
    page = open_recorder().page
    page.locator("#recorder").get_by_role("button", name="Record", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#recorder").get_by_role("button", name="Stop")).to_be_focused()
    wait_for_second(page, 2)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator("#recorder")).to_have_attribute("data-state", "paused")
    expect(page.locator("#recorder").get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#recorder").get_by_role("button", name="Record another")).to_be_focused()
    assert numbers(kept(product))[:1] == [0]
