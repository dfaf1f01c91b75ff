"""Files: dropped, broken off and continued, listed, downloaded as the same bytes, deleted and brought back."""

import base64
import pathlib
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenSeat
from tests.browser.seat import Seat
from tests.product import Product

DROP = """([name, body]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))], name));
  const told = { dataTransfer: files, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"]) document.querySelector("#page-title").dispatchEvent(new DragEvent(kind, told));
}"""
WHOLE = re.compile("Being checked|Ready|Needs a fix")
LARGE = 20 * 1024 * 1024 + 17  # three pieces


@pytest.fixture
def page(seat: Seat) -> Page:
    seat.page.goto("/files/")
    return seat.page


@pytest.fixture
def large(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / f"{tmp_path.name}.bin"
    file.write_bytes(bytes(range(256)) * (LARGE // 256) + b"end")
    return file


def row(page: Page, name: str) -> Locator:
    return page.locator("#files > tr").filter(has_text=name)


def drop(page: Page, name: str, body: bytes) -> None:
    page.evaluate(DROP, [name, base64.b64encode(body).decode()])


def test_it_is_dropped_downloaded_deleted_and_brought_back(page: Page) -> None:
    body = b'{"a": 1}\n' * 99
    drop(page, "Dropped.jsonl", body)
    expect(row(page, "Dropped.jsonl")).to_contain_text(WHOLE)
    with page.expect_download() as download:
        row(page, "Dropped.jsonl").get_by_role("button", name="More for Dropped.jsonl").click()
        page.locator("#file-menu").get_by_role("link", name="Download").click()
    assert pathlib.Path(download.value.path()).read_bytes() == body and download.value.suggested_filename == "Dropped.jsonl"
    page.get_by_role("checkbox", name="Select Dropped.jsonl").check()
    page.locator(".bulk").get_by_role("button", name="Delete").click()
    expect(page.locator("#files-dialog")).to_contain_text("Our copy can be brought back for 30 days.")
    page.locator("#files-dialog").get_by_role("button", name="Delete").click()
    expect(row(page, "Dropped.jsonl")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Dropped.jsonl")).to_contain_text(WHOLE)


def test_it_goes_on_where_it_broke_off_when_the_same_file_is_chosen_again(
    open_seat: OpenSeat, session: Any, product: Product, large: pathlib.Path
) -> None:
    seat = open_seat(storage_state=session)
    seat.allow("net::ERR_FAILED")
    seat.page.goto("/files/")

    def only_the_first(route: Route) -> None:
        route.continue_() if route.request.url.endswith("/0/") else route.abort()

    seat.page.route("**/pieces/*/", only_the_first)
    seat.page.locator("#files-file").set_input_files(large)
    expect(row(seat.page, large.name)).to_contain_text("Waiting for the connection")
    seat.page.close()
    again = seat.context.new_page()
    again.goto("/files/")
    expect(row(again, large.name)).to_contain_text("8 of 21 MB")
    sent: list[str] = []
    again.on("request", lambda request: sent.append(request.url.rsplit("/", 2)[-2]) if "/pieces/" in request.url else None)
    again.locator("#files-file").set_input_files(large)
    expect(row(again, large.name)).to_contain_text(WHOLE, timeout=40_000)
    assert sent == ["1", "2"], "the first piece is not sent twice"
    address = row(again, large.name).get_by_role("link", name=large.name).get_attribute("href")
    answer = again.request.get(f"{product.url}{address}content/")
    assert answer.body() == large.read_bytes()


def test_it_is_cancelled(page: Page, large: pathlib.Path) -> None:
    page.route("**/pieces/1/", lambda _route: None)  # never answered
    page.locator("#files-file").set_input_files(large)
    expect(row(page, large.name)).to_contain_text("8 of 21 MB")
    page.get_by_role("button", name=f"Cancel the upload of {large.name}").click()
    expect(row(page, large.name)).to_have_count(0)
    page.unroute_all()
    page.on("dialog", lambda dialog: dialog.accept())


def test_it_refuses_what_a_provider_would_not_take_before_it_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#bring-provider").select_option(label="Loopback")
    drop(page, "Rows.csv", b"a,b")
    expect(page.locator("#files-bring .upload")).to_contain_text("Choose what the provider shall use it for.")
    page.locator("#bring-purpose").select_option("batch")
    drop(page, "Rows.csv", b"a,b")
    expect(page.locator("#files-bring .upload").last).to_contain_text("takes files that end in .jsonl")
    assert sent == []


def test_filters_and_order_are_in_the_address(page: Page, product: Product) -> None:
    product.run_python("-m", "tests.product.shelf")
    page.goto("/files/")
    page.get_by_label("Kind").select_option("table")
    expect(row(page, "reply-examples")).to_have_count(0)
    page.wait_for_url("**kind=table**")
    page.get_by_role("link", name="Name", exact=True).click()
    page.wait_for_url("**sort=name**")
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    row(page, "workshop-feedback").get_by_role("link").click()
    expect(page.locator("#fpanel")).to_contain_text("Table")
    page.wait_for_url("**file=**")
    page.reload()
    expect(page.locator("#fpanel")).to_contain_text("Table")
    page.get_by_role("link", name="Close details").click()
    expect(page.locator("#fpanel")).to_have_count(0)
    page.goto("/files/")
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#files > tr")).not_to_have_count(50)
    assert page.locator("#more").count() == 1
