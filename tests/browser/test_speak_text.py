"""Speech in a browser: typed, heard as a sample, spoken, played one at a time."""

from playwright.sync_api import expect

from tests.browser.seat import PHONE, Seat
from tests.browser.sound_scenes import being_spoken, long_text, sample_failed, speech_page, spoken
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


def test_a_sample_leaves_whoever_types_where_they_are(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product))
    seat.page.get_by_role("button", name="Hear Sage").click()
    seat.page.locator("#text").focus()
    expect(seat.page.locator(".voice-sample .is-playing")).to_be_visible(timeout=20_000)
    expect(seat.page.locator("#text")).to_be_focused()


def test_a_sample_that_failed_is_tried_again(seat: Seat, product: Product) -> None:
    sample_failed(Stage(seat.page, product))
    again = seat.page.get_by_role("button", name="Hear Coral")
    expect(again).to_be_focused()
    with seat.page.expect_response("**/speech/sample/") as asked:
        again.click()
    assert "Being spoken" in asked.value.text()
    expect(seat.page.locator(".voice-failed")).to_be_visible(timeout=20_000)


def test_it_says_in_how_many_calls_a_long_text_is_spoken(seat: Seat, product: Product) -> None:
    long_text(Stage(seat.page, product))
    length = seat.page.locator("[data-say-length]")
    for _time in range(2):
        expect(length).to_have_text("10,399 characters, about 11 min 33 s of sound, in 3 calls that are joined")
        seat.page.reload()
    seat.page.locator("#text").fill("Short.")
    expect(length).to_have_text("6 characters, about 1 s of sound")


def test_an_example_of_a_manner_goes_into_its_field_and_is_kept(seat: Seat, product: Product) -> None:
    speech_page(Stage(seat.page, product), MANNERED)
    field = seat.page.locator("#set-instructions")
    for name in ("Warm and close, like a story at bedtime", "Cheerful and quick, like a morning show"):
        with seat.page.expect_response("**/speech/settings/"):
            seat.page.get_by_role("button", name=name).click()
        expect(field).to_have_value(name)
    seat.page.reload()
    expect(field).to_have_value("Cheerful and quick, like a morning show")
    field.fill("With a smile")
    seat.page.get_by_role("button", name="Warm and close").click()
    expect(field).to_have_value("With a smile. Warm and close, like a story at bedtime")
    with seat.page.expect_response("**/speech/settings/"):
        field.fill("")
        field.blur()


def test_the_estimate_stands_beside_the_button_of_a_phone(seat: Seat, product: Product) -> None:
    seat.page.set_viewport_size(PHONE)
    speech_page(Stage(seat.page, product))
    price = seat.page.locator("#say-price")
    expect(price).to_contain_text("own server")
    price.evaluate("(price) => { price.textContent = ''; }")
    seat.page.locator("#text").press_sequentially("Good morning")
    expect(price).to_contain_text("own server")
    seat.page.locator("#text").fill("")


def test_the_seconds_count_while_it_is_spoken(seat: Seat, product: Product) -> None:
    being_spoken(Stage(seat.page, product))
    since = seat.page.locator(".take [data-since]")
    expect(since).to_have_text("2 s")
    expect(since).to_have_text("4 s")


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
