"""One transcript in a browser, as tests read and correct it."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

OpenTranscript = Callable[..., "Reader"]
MARKED = """(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())"""
SOUND_IS_HERE = """() => new Promise((resolve) => {
  const sound = document.getElementById("sound");
  if (sound.readyState || sound.error) resolve();
  for (const kind of ["loadedmetadata", "error"]) sound.addEventListener(kind, () => resolve(), { once: true });
})"""


class Reader:
    """The page of one transcript."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, query: str = "") -> "Reader":
        self.page.goto(f"{self.address}{query}")
        expect(self.page.locator("#player .play")).to_be_visible()
        self.page.evaluate(SOUND_IS_HERE)
        return self

    @property
    def second(self) -> float:
        return float(self.page.evaluate("document.getElementById('sound').currentTime"))

    @property
    def is_paused(self) -> bool:
        return bool(self.page.evaluate("document.getElementById('sound').paused"))

    def marked(self, name: str) -> list[str]:
        found: list[str] = self.page.evaluate(MARKED, name)
        return found

    def line(self, number: int) -> Locator:
        return self.page.locator(".segrow").nth(number)

    @property
    def current(self) -> Locator:
        return self.page.locator(".segrow[aria-current=true]")

    @property
    def area(self) -> Locator:
        return self.page.locator("textarea.seg-text")

    def edit(self, number: int) -> Locator:
        self.line(number).locator(".tx").first.click()
        expect(self.area).to_be_focused()
        return self.area

    @property
    def texts(self) -> list[str]:
        return self.page.locator(".segrow .tx:not(.other)").all_text_contents()
