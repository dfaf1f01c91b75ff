"""What is kept of chats: found, tagged, downloaded, shared."""

from playwright.sync_api import expect

from tests.browser.models import STEADY
from tests.browser.stage import Scene, Stage


def menu_of_chat(stage: Stage) -> None:
    """The menu at the name of a chat that has tags."""
    stage.chat(STEADY).answered("What of the harbour?")
    stage.page.locator("[popovertarget=chat-menu]").click()
    stage.page.get_by_label("Tags", exact=True).first.fill("Harbour, letters")
    stage.page.get_by_role("button", name="Add", exact=True).click()
    expect(stage.page.locator(".thread .chat-tags a").first).to_be_visible()
    stage.page.locator("[popovertarget=chat-menu]").click()
    stage.page.get_by_text("Share by a link").click()


def found_chats(stage: Stage) -> None:
    stage.chat(STEADY).answered("What of the harbour?")
    stage.page.goto("/chat/past/?q=harbour")
    expect(stage.page.locator("mark").first).to_be_visible()


def shared_chats(stage: Stage) -> None:
    menu_of_chat(stage)
    stage.page.get_by_role("button", name="Make the link").click()
    stage.page.wait_for_url("**/chat/shared/")
    expect(stage.page.locator(".shared-link").first).to_be_visible()


def read_shared(stage: Stage) -> None:
    shared_chats(stage)
    stage.page.get_by_role("link", name="Open", exact=True).first.click()
    expect(stage.page.get_by_role("article").first).to_be_visible()


KEPT_CHAT_SCENES: dict[str, Scene] = {
    "chat-menu-kept": menu_of_chat,
    "chats-found": found_chats,
    "chats-shared": shared_chats,
    "chat-read-shared": read_shared,
}
