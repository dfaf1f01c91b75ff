"""Everything without a pointer."""

import pytest

from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel


def test_it_paints_and_erases_with_keys_alone(easel: Easel) -> None:
    easel.board.focus()
    for _ in range(5):
        easel.page.keyboard.press("Shift+ArrowLeft")
    easel.page.keyboard.press("ArrowUp")
    easel.page.keyboard.press("Enter")
    left, top, right, bottom = easel.box()
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(easel.page.evaluate("Object.values(painter.running.keys.at)"), abs=1)
    assert (left + right) / 2 < 320 - 100
    assert easel.page.locator("[data-painter-ring].by-keys").is_visible()
    easel.page.keyboard.press("Delete")
    assert easel.box() == (0, 0, 0, 0)
    easel.page.keyboard.press("Control+z")
    assert easel.box() == (left, top, right, bottom)
    easel.page.keyboard.press("e")
    easel.page.keyboard.press("Enter")
    assert easel.box() == (0, 0, 0, 0)


def test_it_keeps_the_cursor_in_sight_and_on_the_picture(easel: Easel) -> None:
    easel.board.focus()
    for _ in range(4):
        easel.page.keyboard.press("+")
    for _ in range(60):
        easel.page.keyboard.press("Shift+ArrowRight")
    assert easel.page.evaluate("painter.running.keys.at.x") == 640
    ring, stage = easel.page.locator("[data-painter-ring]").bounding_box(), easel.board.bounding_box()
    assert ring and stage and ring["x"] + ring["width"] / 2 < stage["x"] + stage["width"]


def test_it_fills_and_takes_away_a_rectangle_by_numbers(easel: Easel) -> None:
    easel.soften(False)
    easel.page.locator('[popovertarget="painter-numbers"]').press("Enter")
    for name, value in {"From left": "12.5", "From top": "25", "Width": "50", "Height": "200"}.items():
        easel.page.get_by_label(name).fill(value)
    add, take = (easel.page.get_by_role("button", name=name, exact=True) for name in ("Add", "Take away"))
    add.press("Enter")
    assert easel.percent() == 0  # 200 percent is refused, with the browser's own words
    easel.page.get_by_label("Height").fill("50")
    add.press("Enter")
    assert easel.box() == (80, 120, 400, 360)
    easel.page.get_by_label("Width").fill("25")
    take.press("Enter")
    assert easel.box() == (240, 120, 400, 360)
    easel.page.get_by_label("Width").press("Enter")
    assert easel.box() == (80, 120, 400, 360)
    assert easel.studio.posts == []


def test_it_chooses_tools_by_single_keys(easel: Easel) -> None:
    pressed = easel.page.locator('.rail [aria-pressed="true"]')
    for key, name in {"e": "Eraser", "r": "Rectangle", "l": "Lasso", "b": "Brush"}.items():
        easel.page.keyboard.press(key)
        assert pressed.get_attribute("title") == f"{name} ({key.upper()})" or name in (pressed.get_attribute("aria-label") or "")
        assert pressed.count() == 1


def test_it_says_what_keys_have_done(easel: Easel) -> None:
    def told(words: str) -> None:
        easel.until(f"document.getElementById('announce').textContent === {words!r}")

    easel.page.keyboard.press("e")
    told("Eraser")
    easel.page.keyboard.press("]")
    told(easel.page.locator("[data-painter-px]").inner_text())
    easel.page.keyboard.press("+")
    told(easel.page.locator(".zoom [data-painter-zoom]").inner_text())
    easel.page.keyboard.press("0")
    easel.board.focus()
    easel.page.keyboard.press("ArrowLeft")
    told("49 percent from left, 50 percent from top")
    easel.page.keyboard.press("b")
    easel.page.keyboard.press("Enter")
    assert easel.percent() > 0
    share = easel.page.locator("[data-painter-share]").inner_text().split(" ")[0]
    told(f"{share} percent of the picture is painted.")


def test_it_has_no_single_keys_for_who_has_switched_them_off(open_easel: OpenEasel) -> None:
    easel = open_easel("keys=off")
    easel.page.keyboard.press("e")
    brush = easel.page.locator('[data-painter-tool="brush"]')
    assert brush.get_attribute("aria-pressed") == "true"
    assert (brush.get_attribute("aria-label"), brush.get_attribute("aria-keyshortcuts")) == ("Brush", None)
    easel.board.focus()
    easel.page.keyboard.press("Enter")
    assert easel.percent() > 0
    easel.page.keyboard.press("Control+z")
    assert easel.percent() == 0


def test_it_goes_through_the_rail_with_arrows(easel: Easel) -> None:
    easel.page.locator('[data-painter-tool="brush"]').focus()
    focused = "document.activeElement.dataset.painterTool ?? document.activeElement.dataset.painterAct"
    seen = []
    for _ in range(7):
        easel.page.keyboard.press("ArrowDown")
        seen.append(easel.page.evaluate(focused))
    assert seen == ["eraser", "rectangle", "lasso", "move", "undo", "redo", "brush"]
    easel.page.keyboard.press("ArrowUp")
    easel.page.keyboard.press("Enter")
    assert easel.page.evaluate(focused) == "redo"
    assert easel.page.locator('.rail [tabindex="0"]').count() + easel.page.locator(".rail button:not([tabindex])").count() == 1


def test_it_reaches_and_leaves_everything_with_tab(easel: Easel) -> None:
    reached = []
    for _ in range(16):
        easel.page.keyboard.press("Tab")
        reached.append(
            easel.page.evaluate(
                "(({ activeElement: e }) => e.getAttribute('aria-label') ?? e.id ?? e.textContent.trim())(document)"
                " || document.activeElement.textContent.trim()"
            )
        )
    told = " | ".join(reached)
    for name in ("Brush size", "Invert", "Upload a mask", "Mask on Autumn shelf", "Brush, key B", "Zoom in", "make"):
        assert name in told
    assert told.count("key ") == 1  # the rail is one stop
