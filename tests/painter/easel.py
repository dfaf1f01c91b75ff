"""The painter as a person has it in front: places are pixels of the picture, what comes out is the coverage."""

import base64
import io
from collections.abc import Sequence
from typing import Any, Self

from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page

from tests.browser.seat import Seat
from tests.painter.studio import Post, Studio

Place = tuple[float, float]
SNAPSHOT = """() => {
  const { width, height, data } = painter.snapshot();
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return { width, height, text: btoa(text) };
}"""
# Where a place of the picture is in the window: read off the frame, which lies exactly under the picture.
WHERE = """([x, y]) => {
  const box = document.querySelector("[data-painter-frame]").getBoundingClientRect();
  const { width, height } = document.querySelector("[data-painter]").dataset;
  return [box.left + x * box.width / width, box.top + y * box.height / height];
}"""


class Easel:
    def __init__(self, seat: Seat, studio: Studio) -> None:
        self.seat = seat
        self.studio = studio

    @property
    def page(self) -> Page:
        return self.seat.page

    @property
    def board(self) -> Locator:
        return self.page.locator("[data-painter-board]")

    def open(self, query: str = "") -> Self:
        self.page.goto(f"/?{query}")
        return self.wait()

    def wait(self) -> Self:
        self.page.evaluate("painter.ready.then(() => true)")
        return self

    def reload(self) -> Self:
        self.page.reload()
        return self.wait()

    def where(self, place: Place) -> Place:
        x, y = self.page.evaluate(WHERE, list(place))
        return (x, y)

    def until(self, expression: str) -> None:
        """Waits; Playwright's own way to wait for a script is against the policy of the page."""
        for _ in range(100):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never came true: {expression}")

    def choose(self, name: str) -> None:
        self.page.locator(f'[data-painter-tool="{name}"]').click()

    def act(self, name: str) -> None:
        self.page.locator(f'[data-painter-act="{name}"]:visible').first.click(force=True)  # also where there is nothing to do

    def soften(self, is_soft: bool) -> None:
        self.page.locator("[data-painter-soft]").set_checked(is_soft)

    def resize(self, step: int) -> None:
        """0 is the smallest brush, 1000 the largest."""
        self.page.locator("[data-painter-size]").fill(str(step))

    def drag(self, *places: Place, steps: int = 8) -> None:
        """With the left button along these places of the picture."""
        self.press(places[0])
        for place in places[1:]:
            self.page.mouse.move(*self.where(place), steps=steps)
        self.page.mouse.up()

    def press(self, place: Place) -> None:
        self.page.mouse.move(*self.where(place))
        self.page.mouse.down()

    def percent(self) -> float:
        found: float = self.page.evaluate("painter.percent()")
        return found

    def coverage(self) -> Image.Image:
        """Mode L, as the painter has it."""
        taken: dict[str, Any] = self.page.evaluate(SNAPSHOT)
        return Image.frombytes("L", (taken["width"], taken["height"]), base64.b64decode(taken["text"]))

    def box(self) -> tuple[int, int, int, int]:
        """Around what is covered by half or more: left, top, right, bottom."""
        return self.coverage().point(lambda value: 255 if value >= 128 else 0).getbbox() or (0, 0, 0, 0)

    def seen(self) -> Image.Image:
        """The stage as it looks, in pixels of the screen."""
        return Image.open(io.BytesIO(self.board.screenshot())).convert("RGB")

    def send(self) -> Post:
        """Submits the form of the page and gives what came to the server."""
        before = len(self.studio.posts)
        self.page.locator("#make").click()
        self.page.locator("#taken").wait_for()
        assert len(self.studio.posts) == before + 1
        return self.studio.posts[-1]

    def fingers(self) -> "Fingers":
        return Fingers(self)


class Fingers:
    """Touches by the browser's own protocol, as a screen would report them."""

    def __init__(self, easel: Easel) -> None:
        self.easel = easel
        self.session: CDPSession = easel.page.context.new_cdp_session(easel.page)

    def touch(self, kind: str, places: Sequence[Place]) -> None:
        points = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, *places: Place) -> None:
        """All fingers that are on the screen now, in places of the window."""
        self.touch("touchStart", places)

    def move(self, *places: Place) -> None:
        self.touch("touchMove", places)

    def up(self, *left: Place) -> None:
        """`left` are the fingers that stay."""
        self.touch("touchEnd", left)
