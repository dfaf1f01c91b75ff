"""Fingers and a pen."""

import pytest
from playwright.sync_api import CDPSession

from tests.browser.seat import PHONE
from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel, Place


@pytest.fixture
def phone(open_easel: OpenEasel) -> Easel:
    return open_easel(viewport=PHONE, device_scale_factor=3, is_mobile=True, has_touch=True)


def test_it_paints_with_one_finger_and_the_page_stays(phone: Easel) -> None:
    fingers = phone.fingers()
    fingers.down(phone.where((100, 300)))
    for step in range(1, 6):
        fingers.move(phone.where((100 + 60 * step, 300 - 30 * step)))
    fingers.up()
    covered = phone.coverage()
    assert [covered.getpixel(place) for place in ((100, 300), (250, 225), (400, 150))] == [255] * 3
    assert phone.page.evaluate("[scrollX, scrollY, visualViewport.scale, visualViewport.pageTop]") == [0, 0, 1, 0]
    assert phone.page.locator("[data-painter-ring]").is_hidden()


def test_it_moves_and_zooms_with_two_fingers(phone: Easel) -> None:
    fingers = phone.fingers()
    left, right = phone.where((200, 200)), phone.where((440, 200))
    fingers.down(left)
    fingers.down(left, right)
    wider = ((left[0] - 30, left[1] + 20), (right[0] + 50, right[1] + 20))
    for step in range(1, 6):
        fingers.move(
            *[(a[0] + (b[0] - a[0]) * step / 5, a[1] + (b[1] - a[1]) * step / 5) for a, b in zip((left, right), wider, strict=True)]
        )
    fingers.up(wider[0])
    fingers.move((wider[0][0] + 40, wider[0][1]))  # the finger that stays paints nothing
    fingers.up()
    assert phone.where((200, 200)) == pytest.approx(wider[0], abs=2)
    assert phone.where((440, 200)) == pytest.approx(wider[1], abs=2)
    assert phone.percent() == 0
    assert phone.page.evaluate("painter.stats().steps") == 0


def test_it_takes_back_what_the_first_finger_began(phone: Easel) -> None:
    fingers = phone.fingers()
    first, second = phone.where((100, 300)), phone.where((500, 300))
    fingers.down(first)
    first = phone.where((180, 320))
    fingers.move(first)
    assert phone.page.evaluate("painter.running.tools.isBusy") is True
    fingers.down(first, second)
    fingers.move(first, (second[0], second[1] + 8))
    fingers.up(second)
    fingers.up()
    assert phone.percent() == 0
    fingers.down(first)
    fingers.up()
    assert phone.percent() > 0


def test_it_moves_with_one_finger_and_the_hand(phone: Easel) -> None:
    phone.page.locator('[data-painter-tool="move"]').tap()
    before = phone.where((0, 0))
    fingers = phone.fingers()
    fingers.down((150, 300))
    fingers.move((170, 330))
    fingers.up()
    assert phone.where((0, 0)) == pytest.approx((before[0] + 20, before[1] + 30), abs=1)


class Pen:
    def __init__(self, easel: Easel) -> None:
        self.session: CDPSession = easel.page.context.new_cdp_session(easel.page)

    def send(self, kind: str, place: Place, force: float, **more: object) -> None:
        event = {"type": kind, "x": place[0], "y": place[1], "force": force, "pointerType": "pen", "button": "left", "clickCount": 1}
        self.session.send("Input.dispatchMouseEvent", event | {"buttons": 0 if kind == "mouseReleased" else 1} | more)


def test_it_paints_broader_under_a_pen_that_presses(easel: Easel) -> None:
    pen = Pen(easel)
    easel.soften(False)
    for y, force in ((120, 0.1), (320, 1.0)):
        pen.send("mousePressed", easel.where((200, y)), force)
        for step in range(1, 9):
            pen.send("mouseMoved", easel.where((200 + 20 * step, y)), force)
        pen.send("mouseReleased", easel.where((360, y)), 0)
    covered = easel.coverage()
    light, firm = (sum(covered.getpixel((280, y)) == 255 for y in range(at - 60, at + 60)) for at in (120, 320))
    size = easel.page.evaluate("painter.running.tools.size")
    assert firm == pytest.approx(size, abs=2)
    assert light == pytest.approx(size * 0.37, abs=3)


def test_it_ignores_the_palm_beside_a_pen(open_easel: OpenEasel) -> None:
    easel = open_easel(has_touch=True)
    pen, palm = Pen(easel), easel.fingers()
    pen.send("mousePressed", easel.where((200, 200)), 0.5)
    pen.send("mouseMoved", easel.where((240, 200)), 0.5)
    palm.down(easel.where((500, 400)))
    palm.move(easel.where((520, 420)))
    pen.send("mouseMoved", easel.where((300, 200)), 0.5)
    pen.send("mouseReleased", easel.where((300, 200)), 0)
    palm.up()
    covered = easel.coverage()
    assert [covered.getpixel(place) for place in ((200, 200), (270, 200), (510, 410))] == [255, 255, 0]
    assert easel.page.evaluate("painter.stats().steps") == 1


def test_it_drops_the_palm_that_came_before_the_pen(open_easel: OpenEasel) -> None:
    easel = open_easel(has_touch=True)
    pen, palm = Pen(easel), easel.fingers()
    palm.down(easel.where((500, 400)))
    pen.send("mousePressed", easel.where((200, 200)), 0.5)
    pen.send("mouseMoved", easel.where((300, 200)), 0.5)
    palm.move(easel.where((540, 430)))
    pen.send("mouseReleased", easel.where((300, 200)), 0)
    palm.up()
    covered = easel.coverage()
    assert [covered.getpixel(place) for place in ((250, 200), (500, 400), (540, 430))] == [255, 0, 0]


def test_it_gives_back_what_the_system_interrupts(easel: Easel) -> None:
    easel.press((200, 200))
    easel.page.mouse.move(*easel.where((300, 200)), steps=3)
    easel.page.evaluate(
        "document.querySelector('[data-painter-board]').dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1, bubbles: true }))"
    )
    easel.page.mouse.up()
    assert easel.percent() == 0
