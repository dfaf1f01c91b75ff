"""Chats of ChatGPT: the form, an import with what was left out, and an imported chat."""

import time

from playwright.sync_api import FilePayload, expect

from tests.browser.stage import Scene, Stage
from tests.chatgpt_export import as_zip, conversation, in_a_row, message, node

ANSWER = "A **letter** waits at the harbour office.\n\n| when | what |\n|---|---|\n| noon | lemons |\n\n```python\nprint('boat')\n```\n"


def export(number: int = 3) -> bytes:
    """Chats with new numbers each time, since none comes twice; some of them are broken."""
    first = time.time_ns() // 1000
    talks = [
        in_a_row(first + each, ["What came in today?", ANSWER, "And tomorrow?", "Nothing."], title=f"Boats of pier {each}")
        for each in range(number)
    ]
    circle = {"a": node("a", "b", message("user", "A")), "b": node("b", "a", message("user", "B"))}
    return as_zip([*talks, conversation(first, circle, "a", title="Round and round"), {"title": "A note that is no conversation"}, 7])


def form(stage: Stage) -> None:
    stage.page.goto("/chat/import/")
    expect(stage.page.get_by_role("button", name="Import", exact=True)).to_be_visible()


def wrong_file(stage: Stage) -> None:
    form(stage)
    stage.page.locator("#import-file").set_input_files([FilePayload(name="holiday.zip", mimeType="", buffer=b"PK\x03\x04 no")])
    stage.page.get_by_role("button", name="Import", exact=True).click()
    expect(stage.page.get_by_role("alert")).to_contain_text("damaged")


def done(stage: Stage) -> None:
    form(stage)
    stage.page.locator("#import-file").set_input_files([FilePayload(name="chatgpt-export.zip", mimeType="", buffer=export())])
    stage.page.get_by_role("button", name="Import", exact=True).click()
    expect(stage.page.get_by_text("3 chats were imported")).to_be_visible(timeout=30_000)
    expect(stage.page.get_by_text("Round and round")).to_be_visible()


def chats(stage: Stage) -> None:
    done(stage)
    stage.page.get_by_role("link", name="See the chats").click()
    expect(stage.page.get_by_role("link", name="Boats of pier 0").first).to_be_visible()


def chat(stage: Stage) -> None:
    chats(stage)
    stage.page.get_by_role("link", name="Boats of pier 0").first.click()
    expect(stage.page.get_by_role("article", name="Answer from gpt-4o").first).to_be_visible()


IMPORT_SCENES: dict[str, Scene] = {
    "chats-import": form,
    "chats-import-wrong": wrong_file,
    "chats-import-done": done,
    "chats-imported": chats,
    "chat-imported": chat,
}
IMPORTS_EXPECTED = {"chats-import-wrong": "status of 422"}
