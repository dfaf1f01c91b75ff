"""The gallery with scripts: bringing pictures, choosing several, deleting and taking back, and all of it by keyboard."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.seat import Seat

DROP = """([name, body]) => {
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/png" }));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector("#gallery").dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""
PASTE = """([name, body]) => {
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/png" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""


def drawing(seed: int = 1, size: tuple[int, int] = (96, 64)) -> bytes:
    image = Image.new("RGB", size, (seed * 53 % 256, seed * 97 % 256, 120))
    ImageDraw.Draw(image).ellipse((8, 8, 40, 40), fill=(240, seed * 31 % 256, 90))
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def file(name: str, body: bytes | None = None, seed: int = 1) -> dict[str, object]:
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": drawing(seed) if body is None else body}


class Gallery:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, query: str = "") -> "Gallery":
        self.page.goto(f"/images/{query}")
        return self

    @property
    def names(self) -> list[str]:
        return [str(image.get_attribute("alt")) for image in self.page.locator("#squares .square img").all()]

    def square(self, name: str) -> Locator:
        return self.page.locator(".square", has=self.page.get_by_role("img", name=name, exact=True))

    def bring(self, *files: dict[str, object]) -> "Gallery":
        self.page.locator("#uploading input[type=file]").set_input_files(list(files))  # type: ignore[arg-type]  # as Playwright wants them
        return self

    def has(self, *names: str) -> "Gallery":
        """Brings pictures of these names, the last of them first in the gallery."""
        self.open().bring(*(file(name, seed=seed) for seed, name in enumerate(names)))
        for name in names:
            expect(self.square(name)).to_be_visible()
        expect(self.page.locator("[data-upload-list] li")).to_have_count(0)
        return self


@pytest.fixture
def gallery(seat: Seat) -> Iterator[Gallery]:
    """Whatever a test brings goes to the bin with it."""
    yield Gallery(seat.page)
    page = seat.page
    page.goto("/images/")
    while page.locator(".square").count():
        page.evaluate("document.querySelectorAll('.square-pick input').forEach((box) => { box.checked = true; })")
        page.locator(".bulk .btn-bad").click()
        page.wait_for_load_state("networkidle")


def test_it_brings_several_one_after_the_other(gallery: Gallery) -> None:
    gallery.has("Bowl", "Jug", "Vase")
    assert gallery.names == ["Vase", "Jug", "Bowl"]
    expect(gallery.page.locator(".empty")).to_be_hidden()
    assert gallery.open().names == ["Vase", "Jug", "Bowl"], "and they are there after a reload"


def test_it_takes_what_is_dropped_and_what_is_pasted(gallery: Gallery) -> None:
    gallery.open()
    for act, name in ((DROP, "Dropped"), (PASTE, "Pasted")):
        gallery.page.evaluate(act, [f"{name}.png", base64.b64encode(drawing()).decode()])
        expect(gallery.square(name)).to_be_visible()


def test_a_bad_file_says_why_and_stops_no_other(gallery: Gallery, seat: Seat) -> None:
    seat.allow(r"422 \(Unprocessable")
    gallery.open().bring(file("Words", b"These are words."), file("Bowl"))
    expect(gallery.square("Bowl")).to_be_visible()
    row = gallery.page.locator("[data-upload-list] li")
    expect(row).to_have_count(1)
    expect(row.get_by_role("alert")).to_contain_text(".")
    expect(row.get_by_role("button", name="Try again")).to_be_hidden()
    row.get_by_role("button", name="Cancel Words.png").click()
    expect(row).to_have_count(0)


def test_a_broken_connection_can_be_tried_again(gallery: Gallery, seat: Seat) -> None:
    seat.allow("ERR_FAILED", "Failed to load resource")
    gallery.open()
    gallery.page.route("**/images/upload/", lambda route: route.abort())
    gallery.bring(file("Bowl"))
    row = gallery.page.locator("[data-upload-list] li")
    expect(row).to_contain_text("The server did not answer.")
    gallery.page.unroute("**/images/upload/")
    row.get_by_role("button", name="Try again").click()
    expect(gallery.square("Bowl")).to_be_visible()
    expect(row).to_have_count(0)


def test_it_chooses_a_range_and_deletes_it_and_takes_it_back(gallery: Gallery) -> None:
    gallery.has("One", "Two", "Three", "Four", "Five")
    page = gallery.page
    page.get_by_role("checkbox", name="Choose Four").check()
    page.get_by_role("checkbox", name="Choose Two").click(modifiers=["Shift"])
    expect(page.locator(".bulk")).to_contain_text("3 selected")
    page.locator(".bulk").get_by_role("button", name="Delete").click()
    expect(page.locator(".square")).to_have_count(2)
    assert gallery.names == ["Five", "One"]
    expect(page.locator(".bulk")).to_be_hidden()
    expect(gallery.square("One").get_by_role("link")).to_be_focused()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".square")).to_have_count(5)


def test_the_last_one_leaves_a_way_to_begin(gallery: Gallery) -> None:
    gallery.has("Bowl")
    gallery.square("Bowl").hover()
    gallery.square("Bowl").get_by_role("button", name="More for Bowl").click()
    gallery.page.locator("#square-menu").get_by_role("button", name="Delete").click()
    expect(gallery.page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    expect(gallery.page.locator("#square-menu")).to_be_hidden()


def test_several_come_as_one_file(gallery: Gallery) -> None:
    gallery.has("Bowl", "Jug")
    for name in ("Bowl", "Jug"):
        gallery.page.get_by_role("checkbox", name=f"Choose {name}").check()
    with gallery.page.expect_download() as waiting:
        gallery.page.get_by_role("button", name="Download as ZIP").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None and sorted(archive.namelist()) == ["Bowl.png", "Jug.png"]
    gallery.page.get_by_role("button", name="Clear").click()
    expect(gallery.page.locator(".bulk")).to_be_hidden()


def test_the_menu_is_that_of_its_square(gallery: Gallery) -> None:
    gallery.has("Bowl", "Jug")
    page = gallery.page
    for name in ("Jug", "Bowl"):
        square = gallery.square(name)
        square.hover()
        square.get_by_role("button", name=f"More for {name}").click()
        pk = square.get_attribute("data-picture")
        menu = page.locator("#square-menu")
        expect(menu.get_by_role("link", name="Edit")).to_have_attribute("href", f"/images/{pk}/edit/")
        expect(menu.get_by_role("link", name="Download")).to_have_attribute("href", f"/images/{pk}/file/")
        expect(menu.get_by_role("link", name="Use these settings")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(square.get_by_role("button", name=f"More for {name}")).to_be_focused()


def test_it_is_used_by_keyboard_alone(gallery: Gallery) -> None:
    gallery.has("Bowl", "Jug")
    page = gallery.page
    page.locator("body").press("j")
    expect(gallery.square("Jug").get_by_role("link")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".bulk")).to_contain_text("1 selected")
    page.keyboard.press("Tab")
    expect(gallery.square("Jug").get_by_role("button", name="More for Jug")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#square-menu")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#square-menu").get_by_role("link", name="Edit")).to_be_focused()


def test_it_narrows_while_one_types_and_the_address_follows(gallery: Gallery) -> None:
    gallery.has("Bowl", "Jug")
    gallery.page.locator("#id_q").press_sequentially("jug")
    expect(gallery.page.locator(".square")).to_have_count(1)
    assert gallery.names == ["Jug"]
    gallery.page.wait_for_url(re.compile(r"q=jug"))
    gallery.page.locator("#id_kind").select_option("made")
    expect(gallery.page.get_by_role("heading", name="Nothing fits these filters")).to_be_visible()


def test_a_picture_is_renamed_and_deleted_on_its_page(gallery: Gallery) -> None:
    gallery.has("Bowl")
    page = gallery.page
    gallery.square("Bowl").get_by_role("link").click()
    page.get_by_role("button", name="More for this picture").click()
    page.get_by_label("Name").fill("Blue bowl")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Blue bowl")
    page.get_by_role("button", name="More for this picture").click()
    page.get_by_role("button", name="Delete this picture").click()
    page.wait_for_url("**/images/")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Blue bowl")
