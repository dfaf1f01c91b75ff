"""Masks that come from the server: saved ones, and files that were uploaded."""

import pytest
from PIL import Image

from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel
from tests.painter.studio import SIZE, as_png, make_mask

DISC = make_mask(SIZE).getchannel("A").tobytes()


def wait_for_disc(easel: Easel) -> None:
    easel.until("painter.percent() > 10")
    assert easel.coverage().tobytes() == DISC


def test_it_loads_a_saved_mask_as_one_step(easel: Easel) -> None:
    easel.drag((100, 100), (200, 120))
    before = easel.coverage().tobytes()
    easel.page.get_by_role("button", name="Saved masks").click()
    easel.page.get_by_role("button", name="The disc").click()
    wait_for_disc(easel)
    assert easel.page.locator("#painter-saved").is_hidden()
    easel.act("undo")
    assert easel.coverage().tobytes() == before
    easel.act("redo")
    assert easel.coverage().tobytes() == DISC


def test_it_offers_to_save_what_is_painted(open_easel: OpenEasel) -> None:
    easel = open_easel("saved=none")
    easel.page.get_by_role("button", name="Saved masks").click()
    easel.page.get_by_text("Masks that you save by name stand here").wait_for()
    save = easel.page.get_by_role("button", name="Save this mask")
    assert save.count() == 0
    easel.page.keyboard.press("Escape")
    easel.drag((100, 100), (200, 120))
    easel.page.get_by_role("button", name="Saved masks").click()
    save.click()
    assert easel.page.get_by_role("dialog", name="Save the mask").is_visible()


def test_it_takes_a_file_that_the_server_has_judged(easel: Easel) -> None:
    with easel.page.expect_file_chooser() as chooser:
        easel.page.locator("[data-upload-mask]").click()
    chooser.value.set_files({"name": "mine.png", "mimeType": "image/png", "buffer": as_png(Image.new("L", SIZE, 255))})
    wait_for_disc(easel)
    assert easel.studio.posts[-1].files["mask_file"][0] == "mine.png"
    assert easel.page.get_by_text("Taken from your file").is_hidden()
    assert easel.page.evaluate("painter.stats().steps") == 1


def test_it_takes_a_file_that_is_dropped_on_the_button(easel: Easel) -> None:
    easel.page.evaluate(
        """() => { const files = new DataTransfer(); files.items.add(new File(["x"], "dropped.png", { type: "image/png" }));
        const drop = new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
        document.querySelector("[data-upload-mask]").dispatchEvent(drop); }"""
    )
    wait_for_disc(easel)
    assert easel.studio.posts[-1].files["mask_file"] == ("dropped.png", b"x")


def test_it_takes_the_mask_that_a_page_comes_with_once(open_easel: OpenEasel) -> None:
    easel = open_easel("mask=here")
    wait_for_disc(easel)
    easel.drag((100, 100), (200, 120))
    edited = easel.coverage().tobytes()
    easel.page.evaluate("painter.saved()")
    easel.reload()
    easel.page.wait_for_timeout(400)
    assert easel.coverage().tobytes() == edited
    assert easel.page.evaluate("painter.stats().steps") == 2


def test_it_drops_a_stroke_that_is_under_way_when_a_mask_comes(easel: Easel) -> None:
    easel.press((100, 400))
    easel.page.mouse.move(*easel.where((150, 400)), steps=3)
    easel.page.evaluate("painter.running.load('/masks/late.png')")
    easel.until("painter.percent() > 10")
    easel.page.mouse.move(*easel.where((200, 400)), steps=3)
    easel.page.mouse.up()
    assert easel.coverage().tobytes() == DISC
    assert easel.page.evaluate("painter.stats().steps") == 1


def test_it_fits_a_mask_of_another_size(open_easel: OpenEasel) -> None:
    easel = open_easel("size=1280x960")
    easel.page.evaluate("painter.running.load('/masks/small.png')")
    easel.until("painter.percent() > 10")
    assert easel.box() == pytest.approx((640, 240, 1202, 722), abs=3)


def test_it_says_when_a_mask_cannot_be_read_and_keeps_what_was_painted(easel: Easel) -> None:
    easel.seat.allow("404")
    easel.drag((100, 100), (200, 120))
    before = easel.coverage().tobytes()
    easel.page.evaluate("painter.running.load('/nothing.png')")
    easel.page.get_by_text("The mask could not be loaded").wait_for()
    assert easel.coverage().tobytes() == before
    assert easel.page.evaluate("painter.stats().steps") == 1
