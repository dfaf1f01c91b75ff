"""The chat with what is attached: chips with a warning in the composer, and a thread that shows what went along."""

from playwright.sync_api import expect

from apps.chat.tests.attached import pdf, picture
from tests.browser.models import MARKDOWN
from tests.browser.seat import PATIENCE
from tests.browser.stage import Scene, Stage


def attached(stage: Stage) -> None:
    chat = stage.chat(MARKDOWN)
    field = stage.page.locator("#attach-files")
    field.set_input_files(
        [
            {"name": "Harbour dues 2026, all quays and moorings, second corrected edition.pdf", "mimeType": "x/y", "buffer": pdf("Dues")},
            {"name": "dues.csv", "mimeType": "text/csv", "buffer": b"quay;dues\nNorth;12\n"},
        ]
    )
    expect(stage.page.locator("#attachments .chip-file")).to_have_count(2, timeout=PATIENCE)
    chat.answered("What are the dues?")
    field.set_input_files(
        [
            {"name": "notes.md", "mimeType": "text/plain", "buffer": b"# Notes"},
            {"name": "quay.png", "mimeType": "image/png", "buffer": picture(800, 600, "steelblue")},
        ]
    )
    expect(stage.page.locator("#attachments .chip-file")).to_have_count(2, timeout=PATIENCE)
    expect(stage.page.locator("#attachments")).to_contain_text("cannot see pictures")


ATTACHMENT_SCENES: dict[str, Scene] = {"chat-attached": attached}
