"""axe on the page as it stands: both themes, the screen of a desk and of a phone."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.seat import DESKTOP, PHONE

RUN = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
  const { violations } = await axe.run(document, options);
  const told = (id, node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe has to say, all rules or only those."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN, rules)
    return found


def findings_in_both_themes(page: Page) -> list[str]:
    """The theme changes colours and nothing else, so only they are looked at twice."""
    page.emulate_media(color_scheme="light")
    found = findings(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark {finding}" for finding in findings(page, COLOURS)]


def findings_everywhere(page: Page) -> list[str]:
    """Leaves the page as wide as it is at a desk. Colours do not depend on the width."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found = [f"phone {finding}" for finding in findings(page)]
    page.set_viewport_size(DESKTOP)
    return found + findings_in_both_themes(page)
