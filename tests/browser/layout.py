"""Whether a page fits its window."""

from playwright.sync_api import Locator, Page, ViewportSize

from tests.browser.seat import DESKTOP, PHONE, TABLET

SIZES: dict[str, ViewportSize] = {"desk": DESKTOP, "tablet": TABLET, "phone": PHONE}
# Code, tables, how alike rows are and the list of the pages of Settings may scroll on their own. A line that ends in an ellipsis is
# meant to be cut, and so is a picture that is zoomed on its stage.
WIDE = """() => {
  const isCut = (element) => {
    for (let node = element.parentElement; node; node = node.parentElement) {
      if (getComputedStyle(node).textOverflow === "ellipsis") return true;
    }
    const unseen = ".vh, details:not([open]) > :not(summary), [popover]:not(:popover-open), dialog:not([open])";
    return element.closest(`${unseen}, pre, .settings-nav, .prose table, .heat, .all-rows, .file-table, .stage > .frame`) !== null;
  };
  const told = (element) => `${element.tagName.toLowerCase()}.${element.className} is wider than the window`;
  const boxes = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && !isCut(element);
  });
  const scrollers = [document.documentElement, document.body, ...document.querySelectorAll(".thread, .content, .panel-body")];
  return [...boxes, ...scrollers.filter((element) => element.clientWidth && element.scrollWidth > element.clientWidth + 1)].map(told);
}"""


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways, or would be cut off."""
    found: list[str] = page.evaluate(WIDE)
    return found


def too_wide_anywhere(page: Page) -> list[str]:
    """At every size; leaves the page as wide as it is at a desk."""
    found: list[str] = []
    for name in ("phone", "tablet", "desk"):
        page.set_viewport_size(SIZES[name])
        found += [f"{name}: {finding}" for finding in too_wide(page)]
    return found


def in_view(target: Locator) -> bool:
    """Whether all of it is in the window."""
    box, size = target.bounding_box(), target.page.viewport_size
    if not box or not size:
        return False
    return box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
