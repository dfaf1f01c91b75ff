"""Every state that a plain text can be in."""

from playwright.sync_api import expect

from tests.browser.models import LONG, SLOW_HOSTILE, STEADY
from tests.browser.stage import Scene, Stage

TEXT = "The lighthouse had been dark for eleven years when, one evening in March,\n\n    a boat came in."
LONG_WAIT = 40_000  # ms


def plain_page(stage: Stage, model: str = STEADY) -> None:
    """The form, with a model of the loopback provider."""
    page = stage.page
    page.goto("/completions/")
    with page.expect_response("**/completions/settings/"):
        page.evaluate(
            """(model) => {
              const value = document.querySelector('#settings-form [name="model"]');
              value.value = model;
              value.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            stage.product.ids["models"][model],
        )
    page.goto("/completions/")
    expect(page.locator("#text")).to_be_visible()


def written(stage: Stage, model: str = LONG, text: str = TEXT) -> None:
    """Begun, and the first words are there."""
    plain_page(stage, model)
    stage.page.locator("#text").fill(text)
    stage.page.locator("#text").press("Control+Enter")
    stage.page.wait_for_url("**/completions/*-*/")
    expect(stage.page.locator(".plain-text .added-words")).to_contain_text("harbour", timeout=LONG_WAIT)


def continued(stage: Stage) -> None:
    written(stage, STEADY)
    expect(stage.page.get_by_role("link", name="Keep writing")).to_be_visible(timeout=LONG_WAIT)


def stopped_text(stage: Stage) -> None:
    written(stage)
    stage.page.get_by_role("button", name="Stop").click()
    expect(stage.page.locator(".turn-a .note")).to_contain_text("Stopped after", timeout=LONG_WAIT)


def written_on(stage: Stage) -> None:
    continued(stage)
    stage.page.get_by_role("link", name="Keep writing").click()
    expect(stage.page.locator("#text[data-at-end]")).to_be_focused()


def hostile_text(stage: Stage) -> None:
    plain_page(stage, SLOW_HOSTILE)
    stage.page.locator("#text").fill("<b>Once</b> & ")
    stage.page.locator("#text").press("Control+Enter")
    expect(stage.page.get_by_role("link", name="Keep writing")).to_be_visible(timeout=LONG_WAIT)


PLAIN_TEXT_SCENES: dict[str, Scene] = {
    "plain-text": plain_page,
    "plain-text-written": written,
    "plain-text-continued": continued,
    "plain-text-stopped": stopped_text,
    "plain-text-on": written_on,
    "plain-text-hostile": hostile_text,
}
