"""What is painted goes along with the form, once, as a file the server reads as it was painted."""

import io

import pytest

from apps.images.pictures.masks import coverage_of_painted
from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel


@pytest.mark.parametrize("form", ["plain", "htmx"])
def test_it_sends_what_was_painted(open_easel: OpenEasel, form: str) -> None:
    easel = open_easel(f"form={form}")
    easel.drag((100, 100), (400, 300))
    easel.soften(False)
    easel.drag((300, 100), (500, 120))
    expected = easel.coverage()
    post = easel.send()
    name, body = post.files["mask"]
    assert name == "mask.png"
    assert post.fields["wish"] == "A small pot"
    assert (post.mask.format, post.mask.size) == ("PNG", (640, 480))
    assert post.mask.getchannel("A").tobytes() == expected.tobytes()
    assert coverage_of_painted(io.BytesIO(body), (640, 480)).tobytes() == expected.tobytes()


def test_it_sends_no_file_when_nothing_is_painted(easel: Easel) -> None:
    easel.drag((100, 100), (400, 300))
    easel.act("clear")
    assert easel.send().files == {}


def test_it_forgets_the_file_of_the_time_before(open_easel: OpenEasel) -> None:
    easel = open_easel("form=htmx")
    easel.drag((100, 100), (400, 300))
    assert "mask" in easel.send().files
    easel.act("undo")
    easel.page.evaluate("document.getElementById('answer').replaceChildren()")
    easel.page.wait_for_timeout(1600)  # the same press twice is one
    assert easel.send().files == {}


def test_it_keeps_the_mask_after_sending(open_easel: OpenEasel) -> None:
    easel = open_easel("form=htmx")
    easel.drag((100, 100), (400, 300))
    before = easel.coverage().tobytes()
    easel.send()
    assert easel.coverage().tobytes() == before
    assert easel.page.locator("#make").inner_text() == "Change the painted area"


@pytest.mark.parametrize("form", ["plain", "htmx"])
@pytest.mark.parametrize("paints", [True, False])
def test_it_sends_a_double_click_once(open_easel: OpenEasel, form: str, paints: bool) -> None:
    easel = open_easel(f"form={form}")
    if paints:
        easel.drag((100, 100), (400, 300))
    easel.page.locator("#make").dblclick()
    easel.page.locator("#taken").wait_for()
    easel.page.wait_for_timeout(300)
    assert len(easel.studio.posts) == 1


def test_it_lets_an_unfinished_form_be_finished(open_easel: OpenEasel) -> None:
    easel = open_easel()
    easel.page.evaluate("document.getElementById('wish').required = true")
    easel.drag((100, 100), (400, 300))
    easel.page.locator("#wish").fill("")
    easel.page.locator("#make").click()
    assert easel.studio.posts == []
    easel.page.locator("#wish").fill("A vase")
    assert easel.send().fields["wish"] == "A vase"


def test_it_sends_nothing_when_the_mask_cannot_be_made(easel: Easel) -> None:
    easel.drag((100, 100), (400, 300))
    easel.page.evaluate(
        "() => { window.Kept = CompressionStream; window.CompressionStream = class { constructor() { throw new Error(); } }; }"
    )
    easel.page.locator("#make").click()
    easel.page.get_by_text("The mask could not be made. Nothing was sent.").wait_for()
    assert easel.studio.posts == []
    easel.page.evaluate("() => { window.CompressionStream = Kept; }")
    assert "mask" in easel.send().files


def test_it_says_that_a_large_mask_is_being_prepared(open_easel: OpenEasel) -> None:
    easel = open_easel("size=4096x4096&form=htmx")
    easel.page.evaluate(
        """() => { window.said = []; const make = document.getElementById("make");
        new MutationObserver(() => window.said.push(`${make.innerText} ${make.getAttribute("aria-busy")}`))
          .observe(make, { childList: true, attributes: true }); }"""
    )
    easel.resize(1000)
    easel.drag((600, 600), (3500, 3300), steps=20)
    expected = easel.coverage()
    post = easel.send()
    assert post.mask.size == (4096, 4096)
    assert post.mask.getchannel("A").tobytes() == expected.tobytes()
    assert "Preparing the mask true" in easel.page.evaluate("window.said")
    assert easel.page.locator("#make").inner_text() == "Change the painted area"
    assert easel.page.locator("#make").get_attribute("aria-busy") is None


@pytest.mark.parametrize("size", [(1, 1), (7, 900), (513, 511)])
def test_it_sends_odd_sizes(open_easel: OpenEasel, size: tuple[int, int]) -> None:
    easel = open_easel(f"size={size[0]}x{size[1]}")
    easel.act("invert")
    mask = easel.send().mask
    assert (mask.size, mask.getchannel("A").getextrema()) == (size, (255, 255))


def test_it_paints_a_very_large_picture_more_coarsely(open_easel: OpenEasel) -> None:
    easel = open_easel("size=5600x4400")
    assert "coarser" in easel.page.locator("[data-painter-note]").inner_text()
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag((800, 1100), (4900, 3300))
    pixel = 1 / easel.page.evaluate("painter.running.view.zoom")  # of the screen, in those of the picture
    mask = easel.send().mask
    assert mask.size == (5600, 4400)
    edges = mask.getchannel("A").point(lambda value: 255 if value > 127 else 0).getbbox()
    assert edges == pytest.approx((800, 1100, 4900, 3300), abs=pixel)
    assert mask.getchannel("A").getextrema() == (0, 255)
