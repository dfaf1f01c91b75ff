"""The mask lies where it was painted, at every zoom and on every screen."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.browser.seat import PHONE
from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel, Place
from tests.painter.studio import DOTS

# Whether nothing but the stage is around that place.
IS_FREE = """([x, y, reach]) => [[-1, -1], [1, -1], [-1, 1], [1, 1], [0, 0]].every(([right, down]) =>
  document.elementFromPoint(x + right * reach, y + down * reach)?.closest("[data-painter-board]"))"""


def look(easel: Easel) -> Image.Image:
    easel.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return Image.open(io.BytesIO(easel.page.screenshot())).convert("RGB")


def redness(image: Image.Image) -> Image.Image:
    """How much of each pixel is red and not white: edges count by their share."""
    red, green, blue = image.split()
    warm = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    return warm.point(lambda value: value if value > 24 else 0)


def middle_of(image: Image.Image) -> Place:
    """The centre of gravity, in pixels from the left upper corner."""
    weights = [(x, y, value) for at, value in enumerate(image.tobytes()) if value for y, x in [divmod(at, image.width)]]
    total = sum(value for *_, value in weights)
    return sum((x + 0.5) * value for x, _, value in weights) / total, sum((y + 0.5) * value for _, y, value in weights) / total


def find_dot(easel: Easel, density: float, near: Place) -> Place | None:
    """The middle of the red square near that place of the window, seen with the eye of a camera: no word of the painter."""
    reach = 40
    if not easel.page.evaluate(IS_FREE, [*near, reach]):
        return None
    box = [round(side * density) for side in (near[0] - reach, near[1] - reach, near[0] + reach, near[1] + reach)]
    found = redness(look(easel)).crop((box[0], box[1], box[2], box[3]))
    edges = found.getbbox()
    if not edges or edges[0] == 0 or edges[1] == 0 or edges[2] == found.width or edges[3] == found.height:
        return None
    x, y = middle_of(found)
    return (box[0] + x) / density, (box[1] + y) / density


def paint_on_dots(easel: Easel, density: float, size: tuple[int, int]) -> int:
    """Dabs beside every dot that is seen, on a whole pixel of the window as mice are, and compares: how many there were."""
    seen = 0
    zoom = easel.page.evaluate("painter.running.view.zoom")
    for share in DOTS:
        true = (round(share[0] * size[0]), round(share[1] * size[1]))
        dot = find_dot(easel, density, easel.where(true))
        if dot is None:
            continue
        seen += 1
        place = (round(dot[0]), round(dot[1]))
        easel.page.mouse.click(*place)
        left, top, right, bottom = easel.box()
        expected = [true[side] + (place[side] - dot[side]) / zoom for side in (0, 1)]
        assert [(left + right) / 2, (top + bottom) / 2] == pytest.approx(expected, abs=1)
        easel.act("undo")
        easel.page.mouse.move(5, 5)
    return seen


@pytest.mark.parametrize("density", [1, 2, 3])
@pytest.mark.parametrize("size", [(640, 480), (1501, 2003)])
def test_it_paints_where_the_picture_is_seen(open_easel: OpenEasel, density: int, size: tuple[int, int]) -> None:
    easel = open_easel(f"size={size[0]}x{size[1]}&colour=dots", device_scale_factor=density)
    easel.soften(False)
    easel.resize(300)
    assert paint_on_dots(easel, density, size) == 3
    easel.page.mouse.move(*easel.where((DOTS[0][0] * size[0], DOTS[0][1] * size[1])))
    seen = 0
    for wheel in (-90, -173, -311):
        easel.page.keyboard.down("Control")
        easel.page.mouse.wheel(0, wheel)
        easel.page.keyboard.up("Control")
        easel.page.mouse.wheel(13, 7)
        easel.page.wait_for_timeout(150)  # nobody tells when a wheel has been heard
        easel.page.mouse.move(5, 5)  # the ring would lie over a dot
        seen += paint_on_dots(easel, density, size)
        easel.page.mouse.move(*easel.where((DOTS[0][0] * size[0], DOTS[0][1] * size[1])))
    assert seen >= 2


@pytest.mark.parametrize("size", [(640, 480), (1501, 2003), (4096, 4096)])
def test_it_paints_where_the_picture_is_seen_on_a_phone(open_easel: OpenEasel, size: tuple[int, int]) -> None:
    easel = open_easel(f"size={size[0]}x{size[1]}&colour=dots", viewport=PHONE, device_scale_factor=3, is_mobile=True, has_touch=True)
    easel.page.evaluate("painter.running.tools.isSoft = false")
    fingers = easel.fingers()
    for share in DOTS[:2]:
        true = (round(share[0] * size[0]), round(share[1] * size[1]))
        place = find_dot(easel, 3, easel.where(true))
        assert place
        fingers.down(place)
        fingers.up()
        left, top, right, bottom = easel.box()
        assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(true, abs=1)
        easel.page.keyboard.press("Control+z")


def test_it_keeps_the_place_under_the_pointer_when_it_zooms(easel: Easel) -> None:
    x, y = easel.where((500, 120))
    at = (round(x), round(y))  # as the wheel tells it
    zoom = easel.page.evaluate("painter.running.view.zoom")
    place = (500 + (at[0] - x) / zoom, 120 + (at[1] - y) / zoom)
    easel.page.mouse.move(*at)
    easel.page.keyboard.down("Control")
    for _ in range(12):
        easel.page.mouse.wheel(0, -20)
    easel.page.keyboard.up("Control")
    assert easel.where(place) == pytest.approx(at, abs=1)
    assert easel.page.evaluate("painter.running.view.zoom") > 2


def test_it_zooms_by_buttons_and_keys_and_comes_back_to_the_whole(easel: Easel) -> None:
    zoom = easel.page.locator(".zoom [data-painter-zoom]")
    whole = zoom.inner_text()
    easel.act("zoomIn")
    larger = zoom.inner_text()
    easel.page.keyboard.press("+")
    assert len({whole, larger, zoom.inner_text()}) == 3
    easel.page.keyboard.press("-")
    assert zoom.inner_text() == larger
    easel.page.keyboard.press("0")
    assert zoom.inner_text() == whole
    easel.act("zoomOut")
    easel.act("fit")
    assert zoom.inner_text() == whole


def test_it_moves_with_the_wheel_the_hand_the_middle_button_and_space(easel: Easel) -> None:
    easel.page.keyboard.press("+")

    def moved(act: Callable[[], Any]) -> tuple[int, int]:
        before = easel.where((0, 0))
        act()
        after = easel.where((0, 0))
        return round(after[0] - before[0]), round(after[1] - before[1])

    def drag(button: str = "left") -> None:
        easel.page.mouse.down(button=button)  # type: ignore[arg-type]  # one of the three
        easel.page.mouse.move(630, 420, steps=3)
        easel.page.mouse.up(button=button)  # type: ignore[arg-type]
        easel.page.mouse.move(600, 400)

    easel.page.mouse.move(600, 400)
    assert moved(lambda: easel.page.mouse.wheel(10, -20)) == (-10, 20)
    assert moved(lambda: drag("middle")) == (30, 20)
    easel.page.keyboard.down(" ")
    assert moved(drag) == (30, 20)
    easel.page.keyboard.up(" ")
    easel.choose("move")
    easel.page.mouse.move(600, 400)
    assert moved(drag) == (30, 20)
    assert easel.percent() == 0


def test_it_moves_with_space_and_presses_no_button(easel: Easel) -> None:
    easel.drag((100, 100), (300, 300))
    before = easel.coverage().tobytes()
    easel.page.get_by_role("button", name="Clear").focus()
    easel.page.mouse.move(600, 400)
    corner = easel.where((0, 0))
    easel.page.keyboard.down(" ")
    easel.page.mouse.down()
    easel.page.mouse.move(640, 430, steps=3)
    easel.page.mouse.up()
    easel.page.keyboard.up(" ")
    assert easel.where((0, 0)) == pytest.approx((corner[0] + 40, corner[1] + 30), abs=1)
    assert easel.coverage().tobytes() == before
    easel.page.mouse.move(5, 5)
    easel.page.get_by_role("button", name="Clear").press(" ")
    assert easel.percent() == 0


def test_it_cannot_lose_the_picture(easel: Easel) -> None:
    easel.page.mouse.move(600, 400)
    easel.page.mouse.wheel(20_000, 20_000)
    frame, stage = easel.page.locator("[data-painter-frame]").bounding_box(), easel.board.bounding_box()
    assert frame and stage
    assert frame["x"] + frame["width"] > stage["x"] + stage["width"] / 2 - 60
    assert frame["y"] + frame["height"] > stage["y"] + stage["height"] / 2 - 60


def test_it_follows_the_window(easel: Easel) -> None:
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag((100, 100), (300, 200))
    before = easel.box()
    easel.page.set_viewport_size({"width": 1000, "height": 700})
    easel.page.wait_for_timeout(200)
    assert easel.box() == before
    easel.drag((350, 250), (500, 400))
    assert easel.box() == pytest.approx((100, 100, 500, 400), abs=1)
    frame, stage = easel.page.locator("[data-painter-frame]").bounding_box(), easel.board.bounding_box()
    assert frame and stage and frame["x"] > stage["x"] and frame["x"] + frame["width"] < stage["x"] + stage["width"]


@pytest.mark.parametrize("density", [1, 2])
def test_it_looks_the_same_however_it_was_reached(open_easel: OpenEasel, density: int) -> None:
    """Drawn piece by piece while painting and moving, or as a whole: an eye sees no difference."""
    easel = open_easel("size=1200x900", device_scale_factor=density)
    easel.page.keyboard.press("+")
    easel.drag((500, 300), (700, 450), (600, 550))
    easel.soften(False)
    easel.drag((400, 400), (800, 380))
    easel.page.mouse.move(600, 400)
    for wheel in ((37, 0), (0, -21), (-11, 46)):
        easel.page.mouse.wheel(*wheel)
        easel.page.wait_for_timeout(60)
    easel.drag((520, 420), (560, 300))
    easel.page.keyboard.press("Control+z")
    easel.page.mouse.move(5, 5)
    in_pieces = look(easel)
    easel.page.evaluate("painter.running.drawing.spoilAll()")
    difference = ImageChops.difference(in_pieces, look(easel)).convert("L")
    assert difference.getextrema()[1] <= 16  # the last bits of a mean
    assert sum(value > 2 for value in difference.tobytes()) < 2000 * density
