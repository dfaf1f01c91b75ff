"""Files that change while a page is open: rows, panel and totals are fresh, who hears the page is told, and nobody loses the focus."""

import base64
import json
import pathlib
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenSeat
from tests.browser.seat import PHONE, Seat
from tests.browser.test_bring_files import DROP, WHOLE, row
from tests.product import Product

NEVER_ERROR = re.compile("That did not work")


@pytest.fixture
def page(seat: Seat) -> Page:
    seat.page.goto("/files/")
    return seat.page


def bring(page: Page, body: bytes = b"Bowls\n", ending: str = "txt") -> str:
    name = f"{uuid.uuid4().hex[:10]}.{ending}"
    page.evaluate(DROP, [name, base64.b64encode(body).decode()])
    expect(row(page, name)).to_contain_text(re.compile("Ready|Needs a fix"), timeout=20_000)
    return name


def open_panel(page: Page, name: str) -> Locator:
    page.get_by_role("link", name=name).click()
    expect(page.locator("#fpanel-title")).to_have_text(name)
    return page.locator("#fpanel")


def id_of(page: Page, name: str) -> str:
    return str(row(page, name).get_attribute("data-file"))


def delete_elsewhere(page: Page, pk: str) -> None:
    """As a colleague does it."""
    headers = {**json.loads(str(page.locator("body").get_attribute("hx-headers"))), "Referer": page.url}
    answer = page.request.post("/files/delete/", form={"file": pk, "confirmed": "yes"}, headers=headers)
    assert answer.ok


def numbers(page: Page) -> list[int]:
    """Files, at providers, here."""
    words = page.locator("#files-totals").inner_text().replace(",", " ")
    files, there, here = re.search(r"^(\d+) files?.*?(\d+) at providers\s+(\d+) here", words.replace("\n", " ")).groups()  # type: ignore[union-attr]
    return [int(files), int(there), int(here)]


def test_totals_follow_what_is_brought_and_deleted(page: Page) -> None:
    bring(page)
    page.reload()
    before = numbers(page)
    name = bring(page)
    expect(page.locator("#files-totals")).to_contain_text(f"{before[0] + 1} file")
    assert numbers(page) == [before[0] + 1, before[1], before[2] + 1]
    page.get_by_role("checkbox", name=f"Select {name}").check()
    page.locator(".bulk").get_by_role("button", name="Delete 1 file").click()
    page.locator("#files-dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#files-totals")).to_contain_text(f"{before[0]} file")
    assert numbers(page) == before


def test_a_file_that_is_deleted_on_its_own_page_can_be_brought_back_from_the_list(page: Page) -> None:
    name = bring(page)
    page.goto(f"/files/{id_of(page, name)}/")
    page.get_by_role("button", name="Delete").click()
    page.locator("#files-dialog").get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url("**/files/")
    expect(page.locator("#toasts")).to_contain_text(f"Deleted “{name}”")
    expect(row(page, name)).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row(page, name)).to_contain_text(WHOLE)


def test_the_file_beside_the_list_is_fresh_after_it_was_sent_and_removed(page: Page) -> None:
    body = b'{"custom_id": "1", "method": "POST", "url": "/v1/embeddings", "body": {"model": "m", "input": "a"}}\n'
    page.locator("#bring-purpose").select_option("batch")
    name = bring(page, body, "jsonl")
    panel = open_panel(page, name)
    panel.get_by_text("Send to a provider").click()
    panel.get_by_label("To", exact=True).select_option(label="Loopback")
    panel.get_by_label("For", exact=True).select_option("batch")
    panel.get_by_role("button", name="Send", exact=True).click()
    expect(panel.locator("#file-remote")).to_contain_text("It lies at Loopback.", timeout=20_000)
    expect(panel.locator("#file-facts")).to_contain_text("Loopback, and here")
    expect(panel.locator("#file-standing")).to_contain_text("Ready")
    expect(row(page, name)).to_contain_text("Loopback, and here")
    expect(panel.locator("#file-calls")).to_contain_text("File sent")
    panel.get_by_role("link", name="Show the request").click()
    expect(page.locator("#request-dialog")).to_contain_text("/content")
    page.keyboard.press("Escape")
    panel.get_by_text("Remove from Loopback").click()
    panel.get_by_role("button", name="Remove there").click()
    expect(panel.locator("#file-remote")).to_contain_text("It lies only here.", timeout=20_000)
    expect(panel.locator("#file-facts")).not_to_contain_text("Loopback")
    expect(panel.locator("#file-calls")).to_contain_text("File deleted at its provider")
    panel.get_by_role("link", name="File sent").click()
    expect(page.get_by_role("heading", name="Show the request")).to_be_visible()


def test_what_comes_anew_waits_for_who_is_choosing_and_leaves_what_is_unfolded(page: Page, product: Product) -> None:
    product.run_python("-m", "tests.product.shelf")
    page.goto("/files/?q=old-answers")
    panel = open_panel(page, "old-answers.jsonl")
    panel.get_by_text("Remove from Loopback").click()
    panel.get_by_role("button", name="Stop fetching").focus()
    with page.expect_response("**/remote/**"):
        pass
    with page.expect_response("**/remote/**"):
        pass
    expect(panel.get_by_role("button", name="Remove there")).to_be_visible()
    expect(panel.get_by_role("button", name="Stop fetching")).to_be_focused()


def test_a_row_that_asks_again_keeps_the_focus(page: Page, product: Product) -> None:
    product.run_python("-m", "tests.product.shelf")
    page.goto("/files/?q=kiln-film")
    for part in ("open", "pick", "more"):
        focused = page.locator(f"#files [id^='{part}-']")
        focused.focus()
        with page.expect_response("**/row/"):
            pass
        page.wait_for_timeout(200)
        expect(page.locator(f"#files [id^='{part}-']")).to_be_focused()


def test_a_row_whose_file_a_colleague_deleted_leaves_without_an_error(page: Page) -> None:
    page.route("**/pieces/1/", lambda _route: None)  # never answered: it stays under way
    name = f"{uuid.uuid4().hex[:10]}.bin"
    page.locator("#files-file").set_input_files([{"name": name, "mimeType": "", "buffer": bytes(9 * 1024 * 1024)}])
    expect(row(page, name)).to_contain_text("8 of 9 MB")
    other = page.context.new_page()
    other.goto("/files/")
    other.locator(f"#files [aria-label='Select {name}']").focus()
    delete_elsewhere(other, id_of(other, name))
    expect(row(other, name)).to_have_count(0)
    expect(other.locator("#announce")).to_contain_text(f"{name} was deleted.")
    expect(other.get_by_text(NEVER_ERROR)).to_have_count(0)
    assert other.evaluate("document.activeElement.matches('#files .fname, #main')"), "the focus is not lost"
    page.unroute_all()
    page.on("dialog", lambda dialog: dialog.accept())


def test_progress_is_said_in_quarters(page: Page, tmp_path: pathlib.Path) -> None:
    page.evaluate(
        "() => { window.heard = []; new MutationObserver(() => heard.push(document.getElementById('announce').textContent))"
        ".observe(document.getElementById('announce'), { childList: true, characterData: true, subtree: true }); }"
    )
    file = tmp_path / f"{uuid.uuid4().hex[:10]}.bin"
    file.write_bytes(bytes(64 * 1024 * 1024))  # eight pieces
    name = file.name
    page.locator("#files-file").set_input_files(file)
    expect(page.locator("#announce")).to_have_text(f"{name} is uploaded.", timeout=40_000)
    heard = [words for words in page.evaluate("heard") if name in words]
    assert heard == [f"Uploading {name}", *(f"{name}: {n} percent" for n in (25, 50, 75)), f"{name} is uploaded."]


def test_all_of_it_is_reached_on_a_phone(open_seat: OpenSeat, session: Any, product: Product) -> None:
    product.run_python("-m", "tests.product.shelf")
    page = open_seat(storage_state=session, viewport=PHONE, has_touch=True).page
    page.goto("/files/")
    expect(page.get_by_role("button", name="Sync")).to_be_visible()
    expect(page.locator("#files-totals")).to_be_visible()
    page.get_by_label("Order").select_option("name")
    page.wait_for_url("**sort=name**")
    names = page.locator("#files > tr .fname b").all_inner_texts()
    assert names == sorted(names)
    page.goto("/files/?q=autumn-shelf")
    page.get_by_role("button", name="More for autumn-shelf.png").tap()
    expect(page.locator("#file-menu").get_by_role("link", name="Open")).to_be_visible()


def test_the_order_of_a_head_is_the_order_of_the_next_filter(page: Page, product: Product) -> None:
    product.run_python("-m", "tests.product.shelf")
    page.goto("/files/")
    page.get_by_role("link", name="Name", exact=True).click()
    page.wait_for_url("**sort=name**")
    page.get_by_label("Kind").select_option("text")
    page.wait_for_url("**kind=text**")
    assert "sort=name" in page.url
