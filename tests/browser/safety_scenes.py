"""Every state that the safety check can be in."""

import io

from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.browser.models import SLOW_CHECK
from tests.browser.stage import Scene, Stage
from tests.loopback.safety_models import KEYLESS, OMNI, OWN

LONG_WAIT = 40_000  # ms
RUDE = "You are an idiot, and thieves live in your street."
LINES = (
    "Thank you, this helped me a lot.\nYou are an idiot and should be ashamed.\nWhere can I change my address?\n"
    "All thieves, throw them out.\nThe blood oranges are sold out.\nGreat service, see you next year.\n"
    "A naked truth is still the truth, and a very long one needs more than one line of a table, whatever the width of it is.\nSee you."
)


def safety_page(stage: Stage, model: str = OMNI) -> None:
    """The first page, with a model of the loopback provider."""
    page = stage.page
    page.goto("/safety/")
    with page.expect_response("**/safety/settings/"):
        page.evaluate(
            """(model) => {
              const value = document.querySelector('#settings-form [name="model"]');
              value.value = model;
              value.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            stage.product.ids["models"][model],
        )
    page.goto("/safety/")
    expect(page.locator("#text")).to_be_visible()


def check(stage: Stage, text: str = RUDE, model: str = OMNI, *, each: str = "One text") -> None:
    safety_page(stage, model)
    page = stage.page
    page.locator("#text").fill(text)
    page.get_by_label(each, exact=True).check()
    page.locator("#text").press("Control+Enter")
    page.wait_for_url("**/safety/*-*/")


def checked(stage: Stage, text: str = RUDE, model: str = OMNI, *, each: str = "One text") -> None:
    check(stage, text, model, each=each)
    expect(stage.page.locator("#results[aria-busy]")).to_have_count(0, timeout=LONG_WAIT)


def flagged(stage: Stage) -> None:
    """With a limit of the team on one bar."""
    checked(stage)
    opener = stage.page.locator(".top .open-panel")
    if opener.is_visible():
        opener.click()
    field = stage.page.get_by_label("Violence", exact=True)
    if field.input_value() != "0.4":  # it holds for the whole team
        with stage.page.expect_response("**/safety/limits/"):
            field.fill("0.4")
            stage.page.keyboard.press("Tab")
    if opener.is_visible():
        stage.page.keyboard.press("Escape")
    expect(stage.page.locator(".bar-limit")).to_have_count(1)


def harmless(stage: Stage) -> None:
    checked(stage, "Where can I change my address?")


def other_categories(stage: Stage) -> None:
    checked(stage, "You win, idiot", OWN)


def being_checked(stage: Stage) -> None:
    check(stage, LINES, SLOW_CHECK, each="Each line by itself")
    expect(stage.page.get_by_role("button", name="Stop")).to_be_visible()


def not_checked(stage: Stage) -> None:
    checked(stage, RUDE, KEYLESS)
    expect(stage.page.get_by_role("button", name="Try again")).to_be_visible()


def many_rows(stage: Stage) -> None:
    checked(stage, LINES, each="Each line by itself")
    expect(stage.page.locator(".verdicts tbody tr")).to_have_count(8)


def side_by_side(stage: Stage) -> None:
    many_rows(stage)
    page = stage.page
    opener = page.locator(".top .open-panel")
    if opener.is_visible():
        opener.click()
    page.get_by_label("Check the same with another model").select_option(stage.product.ids["models"][OWN])
    page.get_by_role("button", name="Check side by side").click()
    expect(page.get_by_text("Both models agree on")).to_be_visible(timeout=LONG_WAIT)


def one_row(stage: Stage) -> None:
    many_rows(stage)
    stage.page.get_by_role("link", name="Open row 2").click()
    expect(stage.page.locator(".bars")).to_be_visible()


def draft(stage: Stage) -> None:
    safety_page(stage)
    body = b"id;comment;stars\n1;Thank you;5\n2;You are an idiot;1\n3;Where is my parcel, please?;2\n"
    stage.page.locator("#file").set_input_files([FilePayload(name="comments.csv", mimeType="text/csv", buffer=body)])
    stage.page.locator("#text").press("Control+Enter")
    expect(stage.page.get_by_role("button", name="Check this column")).to_be_visible()


def picture(stage: Stage) -> None:
    safety_page(stage)
    page = io.BytesIO()
    Image.new("RGB", (320, 200), "red").save(page, "PNG")
    stage.page.locator("#file").set_input_files([FilePayload(name="kitchen.png", mimeType="image/png", buffer=page.getvalue())])
    stage.page.locator("#text").press("Control+Enter")
    stage.page.wait_for_url("**/safety/*-*/")
    expect(stage.page.locator(".verdict-bad")).to_be_visible(timeout=LONG_WAIT)
    stage.page.get_by_text("Flagged. Show the picture").click()
    expect(stage.page.locator(".content-picture")).to_be_visible()


def refused(stage: Stage) -> None:
    safety_page(stage)
    stage.page.locator("#text").fill("  ")
    stage.page.locator("#text").press("Control+Enter")
    expect(stage.page.locator("#check-error").get_by_role("alert")).to_be_visible()


def before_sending(stage: Stage) -> None:
    stage.page.goto("/settings/before-sending/")


SAFETY_SCENES: dict[str, Scene] = {
    "safety": safety_page,
    "safety-flagged": flagged,
    "safety-harmless": harmless,
    "safety-other": other_categories,
    "safety-working": being_checked,
    "safety-failed": not_checked,
    "safety-rows": many_rows,
    "safety-two": side_by_side,
    "safety-row": one_row,
    "safety-draft": draft,
    "safety-picture": picture,
    "safety-refused": refused,
    "before-sending": before_sending,
}
SAFETY_EXPECTED: dict[str, str] = {"safety-refused": "status of 422"}  # what the browser itself prints of them
