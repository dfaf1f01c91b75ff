"""One file: begun from an example, repaired, priced, edited; what was typed is kept until it is saved, and no longer."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.seat import Seat

DRAFTS = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('draft:edit:')).length"
LEAVE = (
    "document.querySelector('[data-file-edit]').dataset.sent = 'yes'"  # the browser does not ask: a seat answers every question with Stay
)


@pytest.fixture
def page(seat: Seat) -> Page:
    seat.page.goto("/files/")
    return seat.page


def start(page: Page, name: str) -> None:
    page.goto("/files/")
    if not page.locator(".starter").first.is_visible():
        page.get_by_text("Start from an example", exact=True).click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/files/?file=*")


def edit(page: Page, name: str, body: str) -> str:
    """A text that is here, in its editor; the address of that."""
    page.goto("/files/")
    page.locator("#files-file").set_input_files([FilePayload(name=name, mimeType="", buffer=body.encode())])
    row = page.locator("#files > tr").filter(has_text=name).first
    expect(row).to_contain_text("Ready", timeout=20_000)
    address = str(row.get_by_role("link", name=name).first.get_attribute("href")) + "edit/"
    page.goto(address)
    return address


def type_text(page: Page, text: str) -> None:
    page.get_by_label("Text of the file").fill(text)
    page.wait_for_timeout(600)  # a draft is written after a pause


def test_faults_of_an_example_are_repaired_and_undone(page: Page) -> None:
    start(page, "Faults to repair")
    panel = page.locator("#fpanel")
    expect(panel).to_contain_text("3 small things can be repaired.", timeout=20_000)
    panel.get_by_role("button", name="Repair all").click()
    page.wait_for_url("**/check/")
    expect(page.locator("#file-check")).to_contain_text("All 12 examples are valid.", timeout=20_000)
    expect(page.locator("#file-check")).not_to_contain_text("repaired")
    expect(page.locator("#file-preview")).to_contain_text("Example 1 of 12")
    page.locator("#file-check").get_by_role("button", name="Undo").click()
    expect(page.locator("#file-check")).to_contain_text("3 small things can be repaired.")


def test_the_cost_follows_the_base_model(page: Page) -> None:
    start(page, "Examples to teach a model")
    cost = page.locator("#fpanel #file-price")
    expect(cost.get_by_label("Base model")).to_be_visible(timeout=20_000)
    expect(cost).not_to_contain_text("Cost of one pass")
    cost.get_by_label("Base model").select_option(index=1)
    expect(cost).to_contain_text("Cost of one pass")
    expect(page.locator("#fpanel")).to_contain_text("Example 1 of 12")


def test_the_sentence_of_a_purpose_stands_beside_it(page: Page) -> None:
    told = page.locator(".purpose-hints > span:visible")
    expect(told).to_have_count(0)
    page.locator("#bring-purpose").select_option("batch")
    expect(told).to_have_text("Requests that are answered within a day, for half the price.")
    page.locator("#bring-purpose").select_option("evals")
    expect(told).to_have_text("Rows of an evaluation.")


def test_a_draft_is_offered_until_it_is_saved(page: Page) -> None:
    address = edit(page, "draft-one.txt", "Cobalt\n")
    type_text(page, "Cobalt and iron\n")
    page.evaluate(LEAVE)
    page.reload()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_label("Text of the file")).to_have_value("Cobalt and iron\n")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/check/")
    assert page.evaluate(DRAFTS) == 0
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/check/")
    page.goto(address)
    expect(page.get_by_label("Text of the file")).to_have_value("Cobalt\n")
    expect(page.get_by_role("button", name="Take it")).to_have_count(0)


def test_a_draft_follows_to_the_file_that_a_colleague_saved(page: Page) -> None:
    address = edit(page, "draft-two.txt", "Cobalt\n")
    type_text(page, "Mine\n")
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Text of the file").fill("Theirs\n")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/check/")
    other.close()
    page.evaluate(LEAVE)
    page.reload()
    expect(page.get_by_label("Text of the file")).to_have_value("Theirs\n")
    expect(page.locator("form.file-edit")).to_contain_text("The file has been changed since then")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_label("Text of the file")).to_have_value("Mine\n")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/check/")
    expect(page.locator("#file-preview")).to_contain_text("Mine", timeout=20_000)
    assert page.evaluate(DRAFTS) == 0


def test_what_was_refused_is_kept_as_a_draft(page: Page, seat: Seat) -> None:
    seat.allow("status of 409")
    address = edit(page, "draft-three.txt", "Cobalt\n")
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Text of the file").fill("Theirs\n")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/check/")
    other.close()
    page.get_by_label("Text of the file").fill("Mine\n")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("This file was saved meanwhile")
    expect(page.get_by_label("Text of the file")).to_have_value("Mine\n")
    assert page.evaluate(DRAFTS) == 1
    page.evaluate(LEAVE)
    page.goto(address)
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/check/")
    assert page.evaluate(DRAFTS) == 0
