"""What each tool leaves on the coverage."""

import pytest
from PIL import ImageChops

from tests.painter.easel import Easel


def grey(easel: Easel, place: tuple[int, int]) -> int:
    value = easel.coverage().getpixel(place)
    assert isinstance(value, int)
    return value


def test_it_paints_what_the_brush_goes_over(easel: Easel) -> None:
    easel.soften(False)
    size = easel.page.evaluate("painter.running.tools.size")
    easel.drag((200, 240), (400, 240))
    left, top, right, bottom = easel.box()
    assert (left, right) == pytest.approx((200 - size / 2, 400 + size / 2), abs=1)
    assert (top, bottom) == pytest.approx((240 - size / 2, 240 + size / 2), abs=1)
    assert grey(easel, (300, 240)) == 255


def test_it_follows_a_curve_that_the_pointer_reports_between_two_frames(easel: Easel) -> None:
    easel.soften(False)
    easel.drag((150, 100), (300, 350), (450, 100), steps=3)
    covered = easel.coverage()
    places = [(150 + 75 * step, 100 + 125 * step) for step in range(3)] + [(300 + 75 * step, 350 - 125 * step) for step in range(3)]
    assert [covered.getpixel(place) for place in places] == [255] * 6


def test_it_fades_inside_the_circle_and_never_beyond(easel: Easel) -> None:
    size = easel.page.evaluate("painter.running.tools.size")
    easel.drag((200, 240), (400, 240))
    covered = easel.coverage()
    column = [covered.getpixel((300, y)) for y in range(240, 240 + size)]
    assert column[: int(size * 0.34)] == [255] * int(size * 0.34)
    assert column == sorted(column, reverse=True)
    assert len({value for value in column if 0 < value < 255}) >= 4
    assert column[size // 2 + 1 :] == [0] * (size - size // 2 - 1)


def test_it_stays_soft_where_it_is_painted_twice(easel: Easel) -> None:
    easel.drag((200, 240), (400, 240))
    once = easel.coverage()
    easel.drag((200, 240), (400, 240))
    assert ImageChops.difference(once, easel.coverage()).getextrema() == (0, 0)


def test_it_takes_away_with_the_eraser(easel: Easel) -> None:
    easel.soften(False)
    easel.drag((200, 240), (400, 240))
    easel.choose("eraser")
    easel.drag((300, 150), (300, 330))
    assert [grey(easel, (x, 240)) for x in (220, 300, 380)] == [255, 0, 255]


def test_it_takes_away_with_alt_whatever_the_tool(easel: Easel) -> None:
    easel.act("invert")
    easel.page.keyboard.down("Alt")
    easel.drag((200, 240), (240, 240))
    easel.choose("rectangle")
    easel.drag((400, 100), (500, 200))
    easel.page.keyboard.up("Alt")
    assert [grey(easel, place) for place in ((220, 240), (450, 150), (50, 50))] == [0, 0, 255]


@pytest.mark.parametrize(("start", "end"), [((101, 52), (333, 207)), ((333, 207), (101, 52))])
def test_it_fills_a_rectangle_to_the_pixel(easel: Easel, start: tuple[int, int], end: tuple[int, int]) -> None:
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag(start, end)
    assert easel.box() == pytest.approx((101, 52, 333, 207), abs=1)
    assert grey(easel, (110, 60)) == 255


def test_it_fades_inside_a_soft_rectangle(easel: Easel) -> None:
    easel.choose("rectangle")
    easel.drag((100, 50), (400, 350))
    covered = easel.coverage()
    assert covered.getbbox() == pytest.approx((100, 50, 400, 350), abs=2)
    row = [covered.getpixel((x, 200)) for x in range(100, 130)]
    assert row == sorted(row) and row[0] < 60 and row[-1] == 255 and len(set(row)) >= 4


def test_it_fills_what_the_lasso_goes_around(easel: Easel) -> None:
    easel.soften(False)
    easel.choose("lasso")
    easel.drag((100, 100), (300, 100), (300, 300), (100, 300), steps=12)
    assert easel.box() == pytest.approx((100, 100, 300, 300), abs=1)
    assert grey(easel, (200, 200)) == 255


def test_it_shows_what_a_rectangle_would_cover(easel: Easel) -> None:
    easel.choose("rectangle")
    easel.press((100, 100))
    easel.page.mouse.move(*easel.where((300, 200)), steps=3)
    line = easel.page.locator(".sketch-light")
    assert (line.get_attribute("d") or "").count("L") == 3
    assert easel.percent() == 0
    easel.page.mouse.up()
    assert line.get_attribute("d") == ""
    assert easel.percent() > 5


@pytest.mark.parametrize("tool", ["brush", "rectangle", "lasso"])
def test_it_takes_back_what_is_being_drawn_with_escape(easel: Easel, tool: str) -> None:
    easel.drag((500, 100), (520, 100))
    before = easel.coverage()
    easel.choose(tool)
    easel.press((100, 100))
    easel.page.mouse.move(*easel.where((300, 200)), steps=4)
    easel.page.keyboard.press("Escape")
    easel.page.mouse.move(*easel.where((300, 300)), steps=4)
    easel.page.mouse.up()
    assert ImageChops.difference(before, easel.coverage()).getextrema() == (0, 0)
    assert easel.page.evaluate("painter.stats().steps") == 1


def test_it_inverts_and_clears(easel: Easel) -> None:
    easel.drag((200, 240), (400, 240))
    before = easel.coverage()
    easel.act("invert")
    assert ImageChops.invert(before).tobytes() == easel.coverage().tobytes()
    easel.act("clear")
    assert easel.coverage().getextrema() == (0, 0)
    assert easel.percent() == 0


def test_it_changes_the_size_by_slider_and_by_bracket(easel: Easel) -> None:
    def size() -> int:
        found: int = easel.page.evaluate("painter.running.tools.size")
        return found

    output = easel.page.locator("[data-painter-px]")
    easel.resize(0)
    assert (size(), output.inner_text()) == (8, "8 px")
    easel.resize(1000)
    assert (size(), output.inner_text()) == (120, "120 px")
    easel.page.keyboard.press("[")
    assert size() < 120
    smaller = size()
    easel.page.keyboard.press("]")
    assert size() > smaller
    assert easel.page.locator("[data-painter-size]").get_attribute("aria-valuetext") == output.inner_text()


def test_it_says_how_much_is_painted(easel: Easel) -> None:
    badge = easel.page.locator("[data-painter-share]")
    assert badge.inner_text() == "Nothing painted"
    heard = "window.heard = []; document.addEventListener('painter:change', (event) => window.heard.push(event.detail))"
    easel.page.evaluate(heard)
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag((0, 0), (320, 240))
    assert easel.percent() == pytest.approx(25, abs=0.5)
    assert badge.inner_text() == "25 % of the picture"
    easel.until("document.getElementById('announce').textContent === '25 percent of the picture is painted.'")
    last = easel.page.evaluate("window.heard.at(-1)")
    assert last == {"percent": pytest.approx(25, abs=0.5), "isEmpty": False}


def test_it_tells_the_page_whether_something_is_painted(easel: Easel) -> None:
    make, section = easel.page.locator("#make"), easel.page.locator("[data-painter]")
    assert (make.inner_text(), section.get_attribute("data-has-mask")) == ("Change the whole picture", "no")
    easel.drag((200, 240), (400, 240))
    easel.page.wait_for_selector("[data-has-mask=yes]")
    assert make.inner_text() == "Change the painted area"
    easel.act("undo")
    assert (make.inner_text(), section.get_attribute("data-has-mask")) == ("Change the whole picture", "no")
