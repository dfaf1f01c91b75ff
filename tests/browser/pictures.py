"""What a person does with pictures on the pages of the product."""

import io
import random

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.product import Product

SIZE = (320, 240)
LONG_WORDS = "A small terracotta pot with a green succulent on two books, warm light from the left. " * 12


def picture(size: tuple[int, int] = SIZE, seed: int = 1) -> Image.Image:
    """A still life of a few shapes, another one for each seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, (214, 200, 178))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, size[1] * 2 // 3, *size), fill=(134, 84, 48))
    for _shape in range(4):
        left, top = chance.randrange(size[0] * 3 // 4), chance.randrange(size[1] // 2)
        colour = tuple(chance.randrange(40, 220) for _channel in range(3))
        draw.ellipse((left, top, left + size[0] // 5, top + size[1] // 3), fill=colour)
    return image


def as_upload(image: Image.Image, name: str = "shelf.png") -> dict[str, object]:
    body = io.BytesIO()
    image.save(body, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": body.getvalue()}


class Pictures:
    """One page that works on pictures."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.product = page, product

    def upload(self, image: Image.Image | None = None, name: str = "Autumn shelf.png") -> str:
        """Bring a picture; the address of its page."""
        self.page.goto("/images/")
        before = self.page.locator("[data-picture]").count()
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("link", name="Upload").first.click()
        chooser.value.set_files([as_upload(image or picture(), name)])  # type: ignore[list-item]
        expect(self.page.locator("[data-picture]")).to_have_count(before + 1, timeout=20_000)
        return f"/images/{self.page.locator('[data-picture]').first.get_attribute('data-picture')}/"

    def choose_model(self, name: str) -> "Pictures":
        """As the picker does when a row is pressed."""
        if self.page.locator(".top-actions .open-panel").is_visible():
            self.page.locator(".top-actions .open-panel").click()
        self.page.locator("#pick-model").click()
        self.page.locator("#models-search").fill(name)
        self.page.locator("#models [role=option]:visible").first.click()
        expect(self.page.locator("#model-name")).to_contain_text(name)
        return self

    def describe(self, words: str = "A small boat at the quay") -> "Pictures":
        self.page.locator("#prompt").fill(words)
        return self

    @property
    def button(self) -> Locator:
        return self.page.locator(".wish-button:visible").first

    def press(self) -> "Pictures":
        self.button.click()
        return self

    def wait_pictures(self, number: int = 1) -> "Pictures":
        expect(self.page.locator("#shots article[aria-busy=true]")).to_have_count(0, timeout=30_000)
        expect(self.page.locator("#shots .tile img")).to_have_count(number)
        return self

    def edit(self, address: str) -> "Pictures":
        self.page.goto(f"{address}edit/")
        self.page.evaluate("() => window.painter.ready.then(Boolean)")  # waiting for a function would need eval, which the policy forbids
        return self

    def paint(self) -> "Pictures":
        """One stroke across the middle of the picture."""
        box = self.page.locator("[data-painter-frame]").bounding_box()
        assert box is not None
        at = lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)  # noqa: E731
        self.page.mouse.move(*at(0.4, 0.5))
        self.page.mouse.down()
        self.page.mouse.move(*at(0.6, 0.55), steps=6)
        self.page.mouse.up()
        expect(self.page.locator("[data-painter]")).to_have_attribute("data-has-mask", "yes")
        return self
