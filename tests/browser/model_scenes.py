"""Every state that the pages of models can be in: the list, one model, what leaves, and the rules."""

import datetime
import re

from playwright.sync_api import expect

from tests.browser.models import LONG_NAME, MARKDOWN, NOTED, STEADY
from tests.browser.stage import Scene, Stage


def model_form(stage: Stage) -> None:
    """What the team wrote of one model: a name, a day on which it leaves, a setting that it does not take."""
    ids = stage.product.ids
    stage.page.goto(f"/models/{ids['models'][NOTED]}/")
    stage.page.get_by_label("Description").fill("Answers at a steady pace")
    stage.page.get_by_label("Switched off on").fill((datetime.date.today() + datetime.timedelta(days=20)).isoformat())
    stage.page.get_by_label("Suggested instead").fill(MARKDOWN)
    stage.page.get_by_label("Favourite").select_option("yes")
    stage.page.locator('select[name="set.temperature.take"]').select_option("no")
    stage.page.get_by_role("button", name="Save", exact=True).click()
    expect(stage.page.locator(".card-head .badge.bad")).to_contain_text("until")


def model_table(stage: Stage) -> None:
    """Favourites first, one that leaves, what was used of some; a provider that does not answer."""
    stage.chat(STEADY).answered()
    model_form(stage)
    stage.page.goto("/models/")
    expect(stage.page.locator("#models-found tbody tr").first).to_be_visible()


def models_hidden(stage: Stage) -> None:
    """What no page offers, with a long name among it."""
    stage.page.goto(f"/models/?q={LONG_NAME}")
    hide = stage.page.get_by_role("button", name=f"Hide {LONG_NAME}")
    if hide.is_visible():
        hide.click()
        expect(hide).to_be_hidden()
    stage.page.goto(f"/models/?show=hidden&q={LONG_NAME}")  # other tests hide whole providers
    expect(stage.page.get_by_role("button", name=f"Show {LONG_NAME}")).to_be_visible()


def models_none(stage: Stage) -> None:
    stage.page.goto("/models/")
    stage.page.get_by_role("searchbox", name="Find a model").fill("no-such-model")
    expect(stage.page.get_by_text("No model fits")).to_be_visible()


def model_tested(stage: Stage) -> None:
    """A model that was asked for one word, and of which its provider told."""
    stage.page.goto(f"/models/{stage.product.ids['models'][STEADY]}/")
    stage.page.get_by_role("button", name="Ask for one word").click()
    expect(stage.page.locator("#test .turn-foot")).to_contain_text("tokens", timeout=15_000)
    stage.page.get_by_role("button", name="Ask for them").click()
    expect(stage.page.locator("#told-answer")).not_to_be_empty()


def model_access(stage: Stage) -> None:
    """A form that was refused: nobody was chosen."""
    stage.page.goto(f"/models/{stage.product.ids['models'][NOTED]}/")
    stage.page.get_by_label("Only the people below").check()
    stage.page.get_by_role("button", name="Save who may use it").click()
    expect(stage.page.get_by_text("Choose at least one person").first).to_be_visible()
    stage.page.locator("#access").scroll_into_view_if_needed()


def models_leaving(stage: Stage) -> None:
    """With a chat that has chosen one, and one that is over."""
    stage.chat(NOTED).answered()
    model_form(stage)
    stage.page.goto("/models/retirements/")
    expect(stage.page.locator("table.leaving").first).to_be_visible()


def model_replaced(stage: Stage) -> None:
    """Two answers to one question, and what had chosen the old model."""
    models_leaving(stage)
    stage.page.goto(f"/models/{stage.product.ids['models'][NOTED]}/replace/")
    stage.page.get_by_label("Question").fill("How does a letter travel?")
    stage.page.get_by_role("button", name="Ask both").click()
    expect(stage.page.locator("#answers article:not([aria-busy])")).to_have_count(2, timeout=20_000)


def model_use(stage: Stage) -> None:
    models_leaving(stage)
    stage.page.goto(f"/models/{stage.product.ids['models'][NOTED]}/replace/")
    stage.page.get_by_role("link", name=re.compile("^Use .* instead$")).click()
    expect(stage.page.get_by_role("button", name=re.compile("^Change ")).first).to_be_visible()


def model_settings(stage: Stage) -> None:
    model_form(stage)
    stage.page.locator("#line-settings").evaluate("title => title.scrollIntoView()")


def model_rules(stage: Stage) -> None:
    stage.page.goto("/settings/models/rules/")
    if not stage.page.get_by_role("link", name="no-such-*").is_visible():
        stage.page.goto("/settings/models/rules/new/?provider=*&model=no-such-*")
        stage.page.get_by_label("Description").fill("A family of models")
        stage.page.get_by_role("button", name="Save the rule").click()
    stage.page.goto("/settings/models/rules/")
    stage.page.locator(".rules-shipped > summary").click()


MODEL_SCENES: dict[str, Scene] = {
    "models": model_table,
    "models-hidden": models_hidden,
    "models-none": models_none,
    "models-leaving": models_leaving,
    "model-tested": model_tested,
    "model-access": model_access,
    "model-replaced": model_replaced,
    "model-use": model_use,
    "model-add": lambda stage: stage.page.goto(f"/models/providers/{stage.product.ids['provider']}/add/"),
    "model-edit": model_form,
    "model-settings": model_settings,
    "model-rules": model_rules,
    "model-rule": lambda stage: stage.page.goto("/settings/models/rules/new/?provider=openai&model=gpt-6*"),
}
MODELS_EXPECTED: dict[str, str] = {"model-access": "status of 422"}  # what the browser itself prints of them
