"""Attaching by drop, paste and choice: chips, a warning before sending, and a thread that shows what went along."""

from playwright.sync_api import Page, expect

from apps.chat.tests.attached import picture
from tests.browser.conftest import OpenChat
from tests.browser.models import STEADY
from tests.browser.seat import PATIENCE, Seat

DROP = """(name) => {
  const files = new DataTransfer();
  files.items.add(new File(["Clay is earth"], name, { type: "text/plain" }));
  document.querySelector(".thread").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""
PASTE = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  document.getElementById("message").dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true }));
}"""


def drop(page: Page, name: str) -> None:
    page.evaluate(DROP, name)
    expect(page.locator("#attachments .chip-file", has_text=name)).to_be_visible(timeout=PATIENCE)


def test_what_is_dropped_goes_along_and_is_shown(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    drop(seat.page, "notes.txt")
    seat.page.reload()
    expect(seat.page.locator("#attachments .chip-file", has_text="notes.txt")).to_be_visible()
    chat.answered("Sum it up")
    expect(seat.page.locator("#attachments .chip-file")).to_have_count(0)
    expect(seat.page.locator("#turns .attached", has_text="notes.txt")).to_be_visible()
    [call] = seat_calls(chat)
    assert "File: notes.txt\n```\nClay is earth\n```" in str(call["messages"][-1]["content"])


def seat_calls(chat: object) -> list[dict[str, list[dict[str, object]]]]:
    return [call.body for call in chat.product.provider.calls(chat.marker, body=True)]  # type: ignore[attr-defined]


def test_a_pasted_picture_warns_before_it_is_sent_and_can_be_taken_away(open_chat: OpenChat, seat: Seat) -> None:
    seat.allow("409")
    chat = open_chat(STEADY)
    seat.page.evaluate(PASTE, list(picture()))
    chip = seat.page.locator("#attachments .chip-file", has_text="image.png")
    expect(chip).to_contain_text("cannot see pictures", timeout=PATIENCE)
    chat.type("Kept while it is refused")
    chat.send_button.click()
    expect(seat.page.locator("#composer-error")).to_contain_text("cannot see pictures")
    expect(chat.composer).to_have_value(f"Kept while it is refused {chat.marker}")
    chip.get_by_role("button").click()
    expect(seat.page.locator("#attachments .chip-file")).to_have_count(0)
    chat.send_button.click()
    chat.wait_end()
    assert len(chat.calls()) == 1
