"""Scenes of what a chat asks for and gets: variables, functions, lists of fields, sources."""

from playwright.sync_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.models import CITING, FIELDS, LIKELY, STEADY, TOOLS, UNFIT
from tests.browser.seat import PATIENCE
from tests.browser.stage import Scene, Stage

FUNCTION = "search_catalogue"


def make_function(page: Page) -> None:
    """The function of these scenes, as an admin makes it; once."""
    page.goto("/chat/functions/")
    if page.get_by_role("link", name=FUNCTION).count():
        return
    page.goto("/chat/functions/new/")
    page.locator("#id_name").fill(FUNCTION)
    page.get_by_label("What it does").fill("Looks into the catalogue of the harbour museum. English words find most.")
    page.locator("#f0-name").fill("query")
    page.locator("#f0-meaning").fill("words to look for, in English")
    page.locator("#f0-required").check()
    page.locator("#f1-name").fill("sort")
    page.locator("#f1-kind").select_option("choice")
    page.locator("#f1-choices").fill("newest, oldest")


def function_form(stage: Stage) -> None:
    make_function(stage.page)


def function_kept(stage: Stage) -> None:
    make_function(stage.page)
    if stage.page.url.endswith("/new/"):
        stage.page.get_by_role("button", name="Save").click()
    stage.page.goto("/chat/functions/")
    expect(stage.page.get_by_role("link", name=FUNCTION)).to_be_visible()


def show_panel(page: Page) -> None:
    opener = page.locator("button.open-panel:visible").first
    if opener.count():
        opener.click()


def with_function(stage: Stage) -> Chat:
    """A chat with the function switched on."""
    function_kept(stage)
    chat = stage.chat(TOOLS)
    show_panel(stage.page)
    stage.page.get_by_role("switch", name=FUNCTION).check()
    expect(stage.page.locator("#tool-choice")).to_be_visible(timeout=PATIENCE)
    return chat


def panel_with_functions(stage: Stage) -> None:
    with_function(stage)
    stage.page.locator("#panel-tools").scroll_into_view_if_needed()


def asked(stage: Stage) -> Chat:
    chat = with_function(stage)
    close_panel(stage.page)
    chat.ask("항구 박물관은 언제 열려요?").wait_end()
    expect(stage.page.get_by_role("button", name="Go on")).to_be_visible()
    return chat


def close_panel(page: Page) -> None:
    closer = page.locator(".panel-close:visible").first
    if closer.count():
        closer.click()


def replied(stage: Stage) -> None:
    chat = asked(stage)
    stage.page.get_by_label(f"What {FUNCTION} gives back").first.fill("10:00 to 17:00, Mondays closed")
    stage.page.get_by_label(f"What {FUNCTION} gives back").last.fill("10:00 to 17:00, Mondays closed")
    stage.page.get_by_role("button", name="Go on").click()
    expect(chat.answer).to_contain_text("다음과 같습니다", timeout=PATIENCE)
    chat.wait_end()


def fill_fields(stage: Stage, model: str) -> Chat:
    chat = stage.chat(model)
    show_panel(stage.page)
    stage.page.locator("#answer-fields").check(force=True)
    expect(stage.page.locator("#f0-name")).to_be_visible(timeout=PATIENCE)
    for number, (name, kind, meaning) in enumerate((("name", "text", "of the person"), ("age", "whole", "in years"))):
        stage.page.locator(f"#f{number}-name").fill(name)
        stage.page.locator(f"#f{number}-kind").select_option(kind)
        stage.page.locator(f"#f{number}-meaning").fill(meaning)
    with stage.page.expect_response("**/settings/"):
        stage.page.locator("#f0-required").check()
    return chat


def fields_panel(stage: Stage) -> None:
    fill_fields(stage, FIELDS)


def fields_answered(stage: Stage) -> None:
    chat = fill_fields(stage, FIELDS)
    close_panel(stage.page)
    chat.answered("Who keeps the harbour?")
    expect(stage.page.locator(".formed")).to_be_visible()


def fields_unfit(stage: Stage) -> None:
    chat = fill_fields(stage, UNFIT)
    close_panel(stage.page)
    chat.answered("Who keeps the harbour?")
    expect(stage.page.get_by_text("It does not fit:")).to_be_visible()


def variables_asked(stage: Stage) -> None:
    chat = stage.chat(STEADY)
    chat.composer.press_sequentially("Write a letter to {{name}} about {{topic}}")
    expect(stage.page.locator("#var-topic")).to_be_visible(timeout=PATIENCE)
    stage.page.locator("#var-name").fill("Ida")


def variables_missing(stage: Stage) -> None:
    variables_asked(stage)
    stage.page.locator(".composer .send").click()
    expect(stage.page.get_by_text("Fill in what is asked for above: topic.")).to_be_visible(timeout=PATIENCE)


def sources(stage: Stage) -> None:
    stage.chat(CITING).answered("Do boats float?")


def likely_words(stage: Stage) -> None:
    """With a model of which the team has noted that it tells them."""
    stage.page.goto(f"/models/{stage.product.ids['models'][LIKELY]}/")
    stage.page.locator('select[name="set.logprobs.take"]').select_option("yes")
    stage.page.get_by_role("button", name="Save", exact=True).click()
    chat = stage.chat(LIKELY)
    show_panel(stage.page)
    with stage.page.expect_response("**/settings/"):
        stage.page.get_by_role("switch", name="Word likelihoods").check()
    close_panel(stage.page)
    chat.answered("Do boats float?")
    expect(stage.page.locator(".likely")).to_be_visible()


ANSWER_SCENES: dict[str, Scene] = {
    "function-form": function_form,
    "functions": function_kept,
    "functions-panel": panel_with_functions,
    "calls": lambda stage: asked(stage),
    "calls-replied": replied,
    "fields-panel": fields_panel,
    "fields-answered": fields_answered,
    "fields-unfit": fields_unfit,
    "variables": variables_asked,
    "variables-missing": variables_missing,
    "sources": sources,
    "likelihoods": likely_words,
}
ANSWERS_EXPECTED = {"variables-missing": "status of 422"}
