"""Chats with more than one way: edited, asked again, branched, several answers, one that goes on."""

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.models import BREAKS_ONCE, STEADY, TOO_LONG
from tests.browser.seat import PATIENCE
from tests.browser.stage import Scene, Stage


def want_answers(chat: Chat, number: int) -> None:
    """Choose in More settings how many answers each question gets, also where the settings are a sheet."""
    opener = chat.page.locator(".top-actions .open-panel")
    if opener.is_visible():
        opener.click()
    chat.page.get_by_text("More settings").click()
    field = chat.page.locator("#set-answers")
    with chat.page.expect_response(lambda response: response.url.endswith("/settings/")):
        field.fill(str(number))
        field.dispatch_event("change")
    closer = chat.page.locator("#settings .panel-close")
    if closer.is_visible():
        closer.click()


def reword(chat: Chat, text: str) -> None:
    """Edit the last own question, and wait for its answer."""
    chat.page.locator("[data-edit]").last.click()
    area = chat.page.get_by_role("textbox", name="Question")
    area.fill(text)
    chat.page.locator(".edit-turn").get_by_role("button", name="Send").click()
    expect(chat.page.locator(".turn-u").last).to_have_text(text, timeout=PATIENCE)
    chat.wait_end()


def several(chat: Chat, number: int = 3) -> None:
    want_answers(chat, number)
    chat.ask("Which is best?")
    expect(chat.page.locator(".together")).to_have_count(number, timeout=PATIENCE)


def editing(stage: Stage) -> None:
    stage.chat(STEADY).answered("What is clay?").page.locator("[data-edit]").click()
    expect(stage.page.get_by_role("textbox", name="Question")).to_be_focused()


def edited(stage: Stage) -> None:
    reword(stage.chat(STEADY).answered("What is clay?"), "What is mud?")


def ways(stage: Stage) -> None:
    chat = stage.chat(STEADY).answered("What is clay?")
    chat.answer.get_by_role("button", name="Ask again in another way").click()
    expect(stage.page.get_by_role("button", name="The same again")).to_be_visible()


def branched(stage: Stage) -> None:
    chat = stage.chat(STEADY).answered("What is clay?")
    chat.answer.get_by_role("button", name="Branch").click()
    expect(stage.page.get_by_text("A branch of")).to_be_visible()


def beside_each_other(stage: Stage) -> None:
    chat = stage.chat(STEADY)
    several(chat)
    chat.wait_end_of_all(3)


def cut(stage: Stage) -> None:
    stage.chat(BREAKS_ONCE).answered("Count.")


def gone_on(stage: Stage) -> None:
    cut(stage)
    stage.page.get_by_role("button", name="Continue").click()
    expect(stage.page.get_by_role("link", name="Receipt of part 1")).to_be_visible(timeout=PATIENCE)


def too_long(stage: Stage) -> None:
    stage.chat(TOO_LONG).answered("Count.")


BRANCH_SCENES: dict[str, Scene] = {
    "turn-editing": editing,
    "turn-edited": edited,
    "turn-ways": ways,
    "chat-branch": branched,
    "answers-together": beside_each_other,
    "answer-cut": cut,
    "answer-gone-on": gone_on,
    "chat-too-long": too_long,
}
