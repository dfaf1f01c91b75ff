"""Bringing recordings: several at once, again after a break, with a sentence for what cannot be taken."""

import base64
import pathlib
import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from apps.transcription.tests.sounds import silence, tone, wav
from tests.browser.conftest import OpenSeat
from tests.browser.seat import Seat
from tests.browser.sound_scenes import LONG_WAIT
from tests.loopback.tones import tone_words
from tests.product import Product
from tests.product.product import wait_until

BRING = """([names, bodies, isPasted]) => {
  const files = new DataTransfer();
  names.forEach((name, at) => files.items.add(new File([Uint8Array.from(atob(bodies[at]), (letter) => letter.charCodeAt(0))], name)));
  const target = document.querySelector("#made-title");
  if (isPasted) { target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true })); return; }
  const told = { dataTransfer: files, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, told));
}"""
LARGE = 9 * 1024 * 1024  # three pieces


@pytest.fixture
def page(seat: Seat) -> Page:
    seat.page.goto("/transcribe/")
    return seat.page


@pytest.fixture
def large(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / f"{tmp_path.name}.wav"
    file.write_bytes(wav(tone(2)) + bytes(LARGE))
    return file


def line(page: Page, name: str) -> Locator:
    return page.locator(".rec").filter(has_text=name)


def drop(page: Page, *files: tuple[str, bytes], is_pasted: bool = False) -> None:
    page.evaluate(BRING, [[name for name, _body in files], [base64.b64encode(body).decode() for _name, body in files], is_pasted])


def choose(page: Page, *files: Any) -> None:
    page.locator("#sound-files").set_input_files(list(files))


def test_it_takes_several_that_are_dropped_anywhere(page: Page) -> None:
    short, quiet, text = wav(tone(1.2)), wav(silence(2)), b"<html>Signed out</html>" * 99
    drop(page, ("Short.wav", short), ("Quiet.wav", quiet), ("Page.mp3", text), ("Empty.mp3", b""))
    trouble = page.locator("#sound-upload .upload")
    expect(trouble).to_contain_text("Empty.mp3")
    expect(trouble.get_by_role("alert")).to_have_text("This file is empty.")
    expect(line(page, "Short.wav")).to_contain_text("Ready", timeout=LONG_WAIT)
    expect(line(page, "Short.wav")).to_contain_text("0:01")
    expect(line(page, "Short.wav").get_by_role("checkbox", name="Transcribe Short.wav")).to_be_checked()
    expect(line(page, "Quiet.wav")).to_contain_text("Nothing can be heard in it, so there is nothing to transcribe.")
    expect(line(page, "Page.mp3")).to_contain_text("Cannot be used")
    expect(line(page, "Page.mp3")).to_contain_text("This is no sound or video that can be read here.")
    assert line(page, "Quiet.wav").get_by_role("checkbox").count() == line(page, "Page.mp3").get_by_role("checkbox").count() == 0
    page.get_by_role("button", name="Close the note about Empty.mp3").click()
    expect(trouble).to_have_count(0)


def test_it_takes_what_is_pasted(page: Page) -> None:
    drop(page, ("Pasted.wav", wav(tone(1))), is_pasted=True)
    expect(line(page, "Pasted.wav")).to_contain_text("Ready", timeout=LONG_WAIT)


def test_it_refuses_a_file_that_is_too_large_before_it_is_sent(page: Page) -> None:
    page.locator("#sound-upload").evaluate("form => { form.dataset.most = 1000; }")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    drop(page, ("Large.wav", wav(tone(1))))
    expect(page.locator("#sound-upload .upload")).to_contain_text("This file is larger than 2.0\u00a0GB.")
    assert sent == []


def test_it_goes_on_where_it_broke_off_when_the_same_file_is_chosen_again(
    open_seat: OpenSeat, session: Any, product: Product, large: pathlib.Path
) -> None:
    seat = open_seat(storage_state=session)
    seat.allow("net::ERR_FAILED")
    seat.page.goto("/transcribe/")
    sent: list[str] = []

    def only_the_first(route: Route) -> None:
        sent.append(route.request.url.rsplit("/", 2)[-2])
        if sent[-1] == "0":
            route.continue_()
        else:
            route.abort()

    seat.page.route("**/pieces/*/", only_the_first)
    choose(seat.page, large)
    expect(line(seat.page, large.name)).to_contain_text("Waiting for the connection")
    seat.page.close()
    again = seat.context.new_page()
    again.goto("/transcribe/")
    expect(line(again, large.name)).to_contain_text("4 of 10 MB")
    sent.clear()
    again.on("request", lambda request: sent.append(request.url.rsplit("/", 2)[-2]) if "/pieces/" in request.url else None)
    choose(again, large)
    expect(line(again, large.name)).to_contain_text("Ready", timeout=LONG_WAIT)
    assert sent == ["1", "2"], "the first piece is not sent twice"
    (row,) = product.rows("SELECT file FROM transcription_recording WHERE name = ?", large.name)
    assert (product.folder / "data" / "files" / row["file"]).read_bytes() == large.read_bytes()


def test_it_is_sent_again_when_the_connection_is_back(page: Page, seat: Seat, large: pathlib.Path) -> None:
    seat.allow("net::ERR_INTERNET_DISCONNECTED")
    seat.context.set_offline(True)
    choose(page, large)
    page.wait_for_timeout(500)
    assert line(page, large.name).count() == 0
    seat.context.set_offline(False)
    expect(line(page, large.name)).to_contain_text("Ready", timeout=LONG_WAIT)


def test_it_is_called_otherwise_removed_and_brought_back(page: Page, seat: Seat) -> None:
    seat.allow("Autofocus processing was blocked")  # it comes back to the line, which is a place in the page
    drop(page, ("Old name.wav", wav(tone(1))))
    row = line(page, "Old name.wav")
    expect(row).to_contain_text("Ready", timeout=LONG_WAIT)
    row.get_by_role("button", name="More for Old name.wav").click()
    row.get_by_label("Name", exact=True).fill("New name")
    page.keyboard.press("Enter")
    expect(line(page, "New name")).to_contain_text("Ready", timeout=LONG_WAIT)
    line(page, "New name").get_by_role("button", name="More for New name").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(line(page, "New name")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(line(page, "New name")).to_contain_text("Ready", timeout=LONG_WAIT)


def test_it_counts_what_is_chosen_and_has_it_transcribed(page: Page) -> None:
    for box in page.locator(".rec [name=recordings]").all():
        box.uncheck()
    button = page.locator("#sound-foot").get_by_role("button")
    first, second = (f"{name} {uuid.uuid4().hex[:6]}.wav" for name in ("First", "Second"))  # played again it finds its own
    drop(page, (first, wav(tone_words([7, 8]))), (second, wav(tone(65))))
    expect(button).to_have_text("Transcribe 2 recordings", timeout=LONG_WAIT)
    expect(page.locator("#sound-foot")).to_contain_text("1:09")
    line(page, second).get_by_role("checkbox").uncheck()
    expect(button).to_have_text("Transcribe")
    expect(page.locator("#sound-foot")).to_contain_text("0:04")
    button.click()
    page.wait_for_url("**/transcribe/*-*/")
    expect(page.locator("#main")).to_contain_text("w00007 w00008", timeout=LONG_WAIT)
    page.goto("/transcribe/")
    expect(line(page, second)).to_be_visible()
    assert line(page, first).count() == 0
    page.get_by_role("searchbox", name="Find a transcript").fill(first)
    expect(page.locator("#made-rows tr")).to_have_count(1)
    page.locator("#made-rows").get_by_role("link", name=first).click()
    page.wait_for_url("**/transcribe/*-*/")


def test_it_works_without_scripts(open_seat: OpenSeat, session: Any, tmp_path: pathlib.Path) -> None:
    plain = open_seat(storage_state=session, java_script_enabled=False).page
    first, second = tmp_path / "Plain one.wav", tmp_path / "Plain two.wav"
    first.write_bytes(wav(tone(1)))
    second.write_bytes(wav(tone(1, 500)))
    plain.goto("/transcribe/")
    plain.get_by_label("Recordings to upload").set_input_files([first, second])
    plain.get_by_role("button", name="Upload", exact=True).click()
    for _try in range(20):
        if line(plain, "Plain").filter(has_text="Ready").count() == 2:
            break
        plain.wait_for_timeout(500)
        plain.reload()
    expect(line(plain, "Plain").filter(has_text="Ready")).to_have_count(2)
    line(plain, "Plain one.wav").get_by_role("link", name="Listen to Plain one.wav").click()
    plain.wait_for_url("**/sound/")
    wait_until(lambda: plain.locator("video").evaluate("video => video.duration") > 0.9, 10, "a browser plays it without a script of ours")
