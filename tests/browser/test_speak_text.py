"""Speech in a browser: typed, heard as a sample, spoken, played one at a time."""

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.browser.sound_scenes import speech_page, spoken
from tests.browser.stage import Stage
from tests.loopback.sound_models import MANNERED
from tests.product import Product


def test_it_tells_the_length_while_one_types(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product))
    seat.page.locator("#text").press_sequentially("A" * 45)
    expect(seat.page.locator("[data-say-length]")).to_have_text("45 characters, about 3 s of sound")


def test_a_fifth_voice_takes_the_place_of_the_first(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product), MANNERED)
    boxes = seat.page.locator('[name="voice"]')
    for number in range(boxes.count()):
        boxes.nth(number).set_checked(number == 0)
    for number in range(1, 5):
        boxes.nth(number).check()
    expect(seat.page.locator('[name="voice"]:checked')).to_have_count(4)
    expect(boxes.first).not_to_be_checked()


def test_a_sample_is_heard_after_a_click(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product))
    seat.page.get_by_role("button", name="Hear Echo").click()
    stop = seat.page.locator(".voice-sample .is-playing")
    expect(stop).to_be_visible(timeout=20_000)
    stop.click()
    expect(stop).to_have_count(0)


def test_what_was_spoken_plays_one_at_a_time(seat: Seat, product: Product) -> None:
    spoken(Stage(seat.page, product))
    page = seat.page
    for number in (0, 1):
        page.evaluate("(number) => document.querySelectorAll('audio')[number].play()", number)
    playing = "() => [...document.querySelectorAll('audio')].map((audio) => !audio.paused)"
    assert page.evaluate(playing) == [False, True, False, False]
    assert page.evaluate("() => document.querySelector('audio').duration") > 3


def test_what_was_typed_is_there_after_a_reload(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product))
    seat.page.locator("#text").fill("Half of a text")
    seat.page.locator("#text").blur()
    seat.page.reload()
    expect(seat.page.locator("#text")).to_have_value("Half of a text")
    seat.page.locator("#text").fill("")
