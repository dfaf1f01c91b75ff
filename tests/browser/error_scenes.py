"""Scenes of what did not succeed: a provider that asks for a pause, no credit, a refused key, declined words, and the help."""

from playwright.sync_api import expect

from tests.browser.models import DECLINED, NO_CREDIT, REFUSED, SLOWED
from tests.browser.stage import Scene, Stage


def slowed_down(stage: Stage) -> None:
    chat = stage.chat(SLOWED).ask("What is a glaze?")
    expect(chat.page.get_by_role("button", name="Stop trying")).to_be_visible(timeout=20_000)


def no_credit(stage: Stage) -> None:
    stage.chat(NO_CREDIT).answered("What is a glaze?")


def key_refused(stage: Stage) -> None:
    stage.chat(REFUSED).answered("What is a glaze?").answer.get_by_text("Technical details").click()


def words_declined(stage: Stage) -> None:
    stage.chat(DECLINED).answered("What is a glaze?")


def help_failures(stage: Stage) -> None:
    stage.page.goto("/help/failures/")


ERROR_SCENES: dict[str, Scene] = {
    "error-slowed-down": slowed_down,
    "error-no-credit": no_credit,
    "error-key-refused": key_refused,
    "error-words-declined": words_declined,
    "help-failures": help_failures,
}
