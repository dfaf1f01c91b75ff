"""What is seen: the hatch on any picture, both themes, every window, without scripts, and by axe."""

import itertools
import re

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.accessibility import findings, findings_everywhere
from tests.browser.layout import too_wide_anywhere
from tests.browser.seat import PHONE, Seat
from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel
from tests.painter.studio import Studio

Colour = tuple[int, int, int]


def luminance(colour: Colour) -> float:
    linear = [(value / 255 / 12.92) if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def crop(easel: Easel, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """That part of the picture as it is on the screen."""
    stage = easel.board.bounding_box()
    assert stage
    (x, y), (to_x, to_y) = easel.where((left, top)), easel.where((right, bottom))
    return easel.seen().crop((round(x - stage["x"]), round(y - stage["y"]), round(to_x - stage["x"]), round(to_y - stage["y"])))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", ["white", "black", "gray", "teal"])
def test_it_shows_the_painted_area_on_any_picture(open_easel: OpenEasel, colour: str, theme: str) -> None:
    easel = open_easel(f"colour={colour}", color_scheme=theme)
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag((200, 100), (440, 380))
    easel.page.mouse.move(5, 5)
    easel.page.wait_for_timeout(100)
    beside: Colour = crop(easel, 20, 20, 60, 60).getpixel((5, 5))  # type: ignore[assignment]  # RGB
    inside = crop(easel, 220, 120, 420, 360)
    colours = sorted((number, found) for number, found in inside.getcolors(1 << 20) or [] if number > inside.width * inside.height / 20)
    assert len(colours) >= 2, "no stripes"
    stripes: list[Colour] = [found for _, found in colours[-2:]]  # type: ignore[misc]  # RGB
    assert contrast(*stripes) > 1.12
    assert max(contrast(beside, stripe) for stripe in stripes) > 1.3
    edge = crop(easel, 197, 120, 203, 360)
    along = [max((contrast(beside, edge.getpixel((x, y))) for x in range(edge.width)), default=1) for y in range(edge.height)]  # type: ignore[arg-type]
    assert max(along) > 3, "the line is not seen"


def test_it_dashes_the_outline(open_easel: OpenEasel) -> None:
    easel = open_easel("colour=gray")
    easel.soften(False)
    easel.choose("rectangle")
    easel.drag((200, 100), (440, 380))
    easel.page.mouse.move(5, 5)
    easel.page.wait_for_timeout(100)
    edge = crop(easel, 197, 120, 203, 360).convert("L")
    rows = [max(edge.getpixel((x, y)) for x in range(edge.width)) > 215 for y in range(edge.height)]  # type: ignore[operator]
    changes = sum(one != other for one, other in itertools.pairwise(rows))
    assert changes > edge.height / 20
    assert 0.2 < sum(rows) / len(rows) < 0.8


def test_it_shows_nothing_beyond_the_mask(open_easel: OpenEasel) -> None:
    easel = open_easel("colour=white")
    easel.choose("rectangle")
    easel.drag((200, 100), (440, 380))
    easel.page.mouse.move(5, 5)
    easel.page.wait_for_timeout(100)
    for box in ((5, 5, 190, 470), (450, 5, 600, 400), (200, 5, 440, 92)):
        assert crop(easel, *box).getcolors() == [(crop(easel, *box).width * crop(easel, *box).height, (255, 255, 255))]


def test_it_shows_checks_behind_a_transparent_picture(open_easel: OpenEasel) -> None:
    easel = open_easel("colour=clear")
    assert len(crop(easel, 20, 20, 120, 120).getcolors() or []) == 2


def test_it_has_nothing_for_axe_to_find(easel: Easel) -> None:
    easel.drag((200, 240), (400, 240))
    assert findings_everywhere(easel.page) == []
    easel.page.locator('[popovertarget="painter-numbers"]').click()
    assert findings(easel.page) == []
    easel.page.keyboard.press("Escape")
    easel.page.locator('[popovertarget="painter-saved"]').first.click()
    assert findings(easel.page) == []


def test_it_has_nothing_for_axe_to_find_in_the_sheet_of_a_phone(open_easel: OpenEasel) -> None:
    easel = open_easel(viewport=PHONE)
    easel.page.locator(".mask-open").click()
    assert findings(easel.page) == []
    easel.page.get_by_role("button", name="Invert").click()
    assert easel.percent() == 100
    easel.page.get_by_role("button", name="Zoom in").click()
    easel.page.get_by_role("button", name="Close", exact=True).click()
    easel.page.get_by_role("toolbar", name="Painting tools").wait_for()


def test_it_fits_every_window(easel: Easel) -> None:
    assert too_wide_anywhere(easel.page) == []


def test_it_has_targets_for_fingers(open_easel: OpenEasel) -> None:
    easel = open_easel(viewport=PHONE, is_mobile=True, has_touch=True)
    sizes = [button.bounding_box() for button in easel.page.locator(".rail button").all()]
    assert len(sizes) == 7
    assert all(size and size["width"] >= 44 and size["height"] >= 44 for size in sizes)
    rail = easel.page.locator(".rail")
    assert rail.get_attribute("aria-orientation") == "horizontal"
    box, frame = rail.bounding_box(), easel.page.locator("[data-painter-frame]").bounding_box()
    assert box and frame and box["y"] >= frame["y"] + frame["height"]
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def test_it_changes_with_the_theme_without_losing_anything(easel: Easel) -> None:
    easel.drag((200, 240), (400, 240))
    before = easel.coverage().tobytes()
    easel.page.emulate_media(color_scheme="dark")
    easel.page.emulate_media(color_scheme="dark", forced_colors="active")
    easel.drag((200, 340), (400, 340))
    easel.act("undo")
    assert easel.coverage().tobytes() == before


def test_it_shows_the_picture_and_a_plain_field_without_scripts(browser: Browser, studio: Studio) -> None:
    seat = Seat(browser, studio.url, java_script_enabled=False)
    seat.page.goto("/")
    assert seat.page.get_by_role("img", name="Autumn shelf").is_visible()
    field = seat.page.get_by_label("Mask, a picture of the same size")
    assert (field.get_attribute("name"), field.get_attribute("form")) == ("mask_file", "edit-form")
    assert field.is_visible()
    assert seat.page.get_by_role("toolbar").count() == 0
    assert seat.page.get_by_role("button", name="Clear").count() == 0
    assert [trouble for trouble in seat.unexpected() if "Blocked script execution" not in trouble] == []
    seat.close()


def test_it_shows_the_picture_alone_to_who_may_only_read(browser: Browser, studio: Studio) -> None:
    seat = Seat(browser, studio.url)
    seat.page.goto("/?write=no")
    assert seat.page.get_by_role("img", name="Autumn shelf").is_visible()
    assert seat.page.get_by_role("toolbar").count() == 0
    assert seat.page.locator("input[name^=mask]").count() == 1  # the page's own form
    assert seat.unexpected() == []
    seat.close()


def test_it_says_when_there_is_no_picture(open_easel: OpenEasel) -> None:
    easel = open_easel("picture=gone")
    easel.seat.allow("404")
    easel.page.goto("/?colour=broken")
    easel.page.get_by_text(re.compile("The picture could not be shown")).wait_for()
    assert easel.page.get_by_role("toolbar").count() == 0
