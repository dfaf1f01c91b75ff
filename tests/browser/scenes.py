"""Every state that a page can be in, made by acting like a person: for accessibility, layout and screenshots."""

import re

from playwright.sync_api import expect

from tests.browser.answer_scenes import ANSWER_SCENES, ANSWERS_EXPECTED
from tests.browser.attachment_scenes import ATTACHMENT_SCENES
from tests.browser.branch_scenes import BRANCH_SCENES
from tests.browser.error_scenes import ERROR_SCENES
from tests.browser.file_check_scenes import FILE_CHECK_SCENES
from tests.browser.files_scenes import FILES_SCENES
from tests.browser.import_scenes import IMPORT_SCENES, IMPORTS_EXPECTED
from tests.browser.kept_chat_scenes import KEPT_CHAT_SCENES
from tests.browser.model_scenes import MODEL_SCENES, MODELS_EXPECTED
from tests.browser.models import CUT, EMPTY, LATE, LONG, LONG_NAME, MARKDOWN, REFUSED, RTL, SLOW_MARKDOWN, STEADY, THINKING
from tests.browser.people import add_colleague, invite
from tests.browser.picture_scenes import PICTURE_SCENES, PICTURES_EXPECTED
from tests.browser.plain_text_scenes import PLAIN_TEXT_SCENES
from tests.browser.safety_scenes import SAFETY_EXPECTED, SAFETY_SCENES
from tests.browser.similarity_scenes import SIMILARITY_EXPECTED, SIMILARITY_SCENES
from tests.browser.sound_scenes import SOUND_EXPECTED, SOUND_SCENES
from tests.browser.stage import Scene, Stage
from tests.product.product import EMAIL, PASSWORD

TELEPHONE = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
LONG_QUESTION = "What does the harbour look like when the first boat comes in before noon? " * 22  # 308 words


def waiting(stage: Stage) -> None:
    chat = stage.chat(LATE).ask("How long is the harbour wall?").wait_begin()
    expect(chat.answer.locator(".live")).to_contain_text("Waiting")


def streaming(stage: Stage) -> None:
    chat = stage.chat(SLOW_MARKDOWN).ask("How does a letter travel?").wait_begin()
    expect(chat.prose).to_contain_text("The four hands", timeout=20_000)


def running(stage: Stage) -> None:
    stage.chat(LONG).ask("Count.").wait_words(10)


def stopped(stage: Stage) -> None:
    chat = stage.chat(LONG).ask("Count.").wait_words(20)
    stage.page.keyboard.press("Escape")
    chat.wait_end()


def long_talk(stage: Stage) -> None:
    stage.chat(MARKDOWN).answered(LONG_QUESTION).answered("And by night?")


def right_to_left(stage: Stage) -> None:
    stage.chat(RTL).answered("ما هو الميناء؟")


def past_chats(stage: Stage) -> None:
    stage.chat(STEADY).answered()
    opener = stage.page.get_by_role("button", name="Past chats")
    if opener.is_visible():
        opener.click()
        expect(stage.page.locator("#past-found li").first).to_be_visible()
    else:
        stage.page.get_by_role("link", name="Past chats").click()
        stage.page.wait_for_url("**/chat/past/")


def settings_open(stage: Stage) -> None:
    """The panel as a sheet where it is one, in place where it has a place; with everything unfolded."""
    stage.chat(STEADY)
    opener = stage.page.locator(".top-actions .open-panel")
    if opener.is_visible():
        opener.click()
    stage.page.get_by_text("More settings").click()


def model_list(stage: Stage) -> None:
    settings_open(stage)
    stage.page.locator("#pick-model").click()
    expect(stage.page.locator("#models-search")).to_be_focused()


def many_models(stage: Stage) -> None:
    stage.product.have_models(200)
    model_list(stage)
    expect(stage.page.locator("#models [role=option]").first).to_be_visible()


def jump_box(stage: Stage) -> None:
    stage.page.goto("/help/")
    stage.page.keyboard.press("/")
    stage.page.keyboard.type("h")
    expect(stage.page.locator("#jump-list [role=option]").first).to_be_visible()


def keys_sheet(stage: Stage) -> None:
    stage.page.goto("/help/")
    stage.page.keyboard.press("?")
    expect(stage.page.locator("#keys-sheet dl").first).to_be_visible()


def chat_menu(stage: Stage) -> None:
    stage.chat(STEADY)
    stage.page.get_by_role("button", name="Rename or delete this chat").click()


def request_shown(stage: Stage) -> None:
    settings_open(stage)
    stage.page.get_by_role("link", name="Show the request").click()
    expect(stage.page.locator("#request-dialog")).to_contain_text("curl")


def receipt(stage: Stage) -> None:
    chat = stage.chat(MARKDOWN).answered("How does a letter travel?")
    chat.answer.get_by_role("link", name="Receipt").click()
    stage.page.wait_for_url("**/history/*-*/")


def receipt_details(stage: Stage) -> None:
    receipt(stage)
    opener = stage.page.get_by_role("button", name="Details", exact=True)
    if opener.is_visible():
        opener.click()
    expect(stage.page.get_by_role("complementary", name="Details")).to_contain_text("Request id")


def provider_form(stage: Stage) -> None:
    stage.page.goto(f"/settings/providers/{stage.product.ids['provider']}/")


def tested_providers(stage: Stage) -> None:
    """One card with its check list and its health, one of a server that is not there."""
    stage.chat(STEADY).answered()
    stage.page.goto("/settings/providers/")
    if not stage.page.get_by_role("heading", name="Lighthouse keeper").count():
        stage.page.goto("/settings/providers/new/?kind=own")
        stage.page.get_by_label("Name").fill("Lighthouse keeper")
        stage.page.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
        stage.page.get_by_role("button", name="Save and test").click()
        stage.page.wait_for_url("**/settings/providers/")
    stage.page.get_by_role("button", name="Test Loopback").click()
    card = stage.page.get_by_role("article", name="Loopback")
    expect(card).to_contain_text("First word ", timeout=15_000)
    card.get_by_text("Why", exact=True).click()


def provider_switches(stage: Stage) -> None:
    provider_form(stage)
    stage.page.get_by_label("People may use their own key here").scroll_into_view_if_needed()


def own_key(stage: Stage) -> None:
    """A key of one's own at a provider that takes them, and the card that tells of it."""
    provider_form(stage)
    stage.page.get_by_label("People may use their own key here").check()
    stage.page.get_by_role("button", name="Save and test").click()
    stage.page.wait_for_url("**/settings/providers/")
    stage.page.goto(f"/settings/providers/{stage.product.ids['provider']}/own-key/")
    stage.page.locator("#id_key").fill("sk-of-my-own-0123456789abcd")


def own_key_saved(stage: Stage) -> None:
    own_key(stage)
    stage.page.get_by_role("button", name=re.compile("^(Save|Replace) your key$")).click()
    stage.page.wait_for_url("**/settings/providers/")
    expect(stage.page.get_by_text("Your own key").first).to_be_visible()


def wrong_provider(stage: Stage) -> None:
    stage.page.goto("/settings/providers/new/?kind=own")
    stage.page.get_by_label("Name").fill("Broken")
    stage.page.get_by_role("textbox", name="Address").fill("no address")
    stage.page.get_by_role("button", name="Save and test").click()
    expect(stage.page.locator(".err").first).to_be_visible()


def ask_to_erase(stage: Stage) -> None:
    """The question before a rule erases what is there."""
    stage.chat(STEADY).answered()
    stage.page.goto("/settings/data/")
    stage.page.get_by_role("switch", name="Keep numbers only").check()
    stage.page.get_by_role("button", name="Save").click()
    expect(stage.page.get_by_role("button", name="Save and erase")).to_be_visible()


def end_of_data(stage: Stage) -> None:
    """What only the owner may do; with a name that is not the team's."""
    stage.page.goto("/settings/data/")
    stage.page.get_by_label("Type the name of the team").fill("Wirring")
    stage.page.get_by_role("button", name="Delete everything").click()
    expect(stage.page.locator(".err")).to_be_visible()
    stage.page.get_by_role("button", name="Delete everything").scroll_into_view_if_needed()


def delete_everything(stage: Stage) -> None:
    """While what is on no page any more is still on the disk."""
    stage.chat(STEADY).answered()
    stage.page.goto("/settings/data/")
    stage.page.get_by_label("Type the name of the team").fill("Wiring")
    stage.page.get_by_role("button", name="Delete everything").click()
    for ready in stage.product.ids["conversations"].values():
        ready.clear()  # they were deleted too
    expect(stage.page.locator("#data-left")).to_be_visible()


def people_page(stage: Stage) -> None:
    """Colleagues, one of them locked out, and an open invitation."""
    invite(stage.page, "viewer", "somebody@example.org")
    add_colleague(stage.product, "viewer")
    locked = add_colleague(stage.product)
    stage.page.goto("/settings/people/")
    stage.page.get_by_role("row").filter(has_text=locked).get_by_role("button", name="Lock out").click()
    expect(stage.page.get_by_role("row").filter(has_text=locked)).to_contain_text("Locked out")


def audit(stage: Stage) -> None:
    people_page(stage)
    stage.page.goto("/settings/audit/")


def team_menu(stage: Stage) -> None:
    stage.page.goto("/settings/team/")
    drawer = stage.page.get_by_role("button", name="More", exact=True)
    if drawer.is_visible():
        drawer.click()
    stage.page.get_by_role("button", name="Change team").click()
    expect(stage.page.locator("#team-menu").get_by_role("link", name="New team")).to_be_visible()


def team_wrong(stage: Stage) -> None:
    stage.page.goto("/settings/team/")
    stage.page.locator("#delete_confirmed").fill("Another")
    stage.page.get_by_role("button", name="Delete the team").click()
    expect(stage.page.get_by_text("This is not the name of the team")).to_be_visible()


def going_to(address: str) -> Scene:
    return lambda stage: stage.page.goto(address)


def answered_by(model: str) -> Scene:
    return lambda stage: stage.chat(model).answered()


def two_sessions(stage: Stage) -> None:
    """Signed in on a telephone too."""
    assert stage.page.context.browser
    phone = stage.page.context.browser.new_context(base_url=stage.product.url, user_agent=TELEPHONE)
    page = phone.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    phone.close()
    stage.page.goto("/settings/sessions/")
    expect(stage.page.get_by_text("Firefox on Android").first).to_be_visible()


def compact(scene: Scene) -> Scene:
    """The same with little air, as somebody has it who chose so; nobody else does then."""

    def play(stage: Stage) -> None:
        scene(stage)
        stage.page.evaluate("document.documentElement.dataset.density = 'compact'")

    return play


def after_a_month(address: str) -> Scene:
    """The page in a team that has worked for a month."""

    def play(stage: Stage) -> None:
        stage.product.run_python("-m", "tests.product.month")
        stage.page.goto(address)

    return play


def erased_receipt(stage: Stage) -> None:
    after_a_month("/history/?model=letter-writer")(stage)
    stage.page.locator("tr", has_text="Not kept").first.get_by_role("link").first.click()
    expect(stage.page.get_by_text("has been erased")).to_be_visible()


SCENES: dict[str, Scene] = {
    "home": after_a_month("/"),
    "history-filtered": after_a_month("/history/?status=trouble&since=2026-01-01"),
    "history-month": after_a_month("/history/?period=month"),
    "history-erased": erased_receipt,
    "health": going_to("/settings/health/"),
    "empty": going_to("/chat/"),
    "waiting": waiting,
    "running": running,
    "streaming": streaming,
    "stopped": stopped,
    "error": answered_by(REFUSED),
    "cut": answered_by(CUT),
    "nothing": answered_by(EMPTY),
    "thinking": answered_by(THINKING),
    "long": long_talk,
    "rtl": right_to_left,
    "long-name": answered_by(LONG_NAME),
    "past-menu": past_chats,
    "past": going_to("/chat/past/"),
    "settings-open": settings_open,
    "model-list": model_list,
    "picker-200": many_models,
    "picker-page": going_to("/chat/settings/?choose=model"),
    "jump": jump_box,
    "jump-page": going_to("/jump/?q=chat"),
    "keys-sheet": keys_sheet,
    "help": going_to("/help/"),
    "help-keys": going_to("/help/keys/"),
    "help-words": going_to("/help/words/"),
    "chat-menu": chat_menu,
    "request": request_shown,
    "history": going_to("/history/"),
    "receipt": receipt,
    "receipt-details": receipt_details,
    "settings-profile": going_to("/settings/profile/"),
    "settings-look": going_to("/settings/look/"),
    "settings-password": going_to("/settings/password/"),
    "settings-sessions": two_sessions,
    "compact-settings": compact(going_to("/settings/look/")),
    "compact-history": compact(going_to("/history/")),
    "compact-chat": compact(long_talk),
    "people": people_page,
    "people-link": lambda stage: invite(stage.page),
    "team": going_to("/settings/team/"),
    "team-menu": team_menu,
    "team-new": going_to("/settings/team/new/"),
    "team-wrong": team_wrong,
    "audit": audit,
    "providers": going_to("/settings/providers/"),
    "providers-tested": tested_providers,
    **ANSWER_SCENES,
    **BRANCH_SCENES,
    **ERROR_SCENES,
    **MODEL_SCENES,
    "provider-kinds": going_to("/settings/providers/new/"),
    "provider-new": going_to("/settings/providers/new/?kind=own"),
    "provider-edit": provider_form,
    "provider-wrong": wrong_provider,
    "provider-form": provider_switches,
    "provider-own-key": own_key,
    "providers-personal-key": own_key_saved,
    "data": going_to("/settings/data/"),
    "data-owner": end_of_data,
    "data-erase": ask_to_erase,
    "data-deleting": delete_everything,
    "not-found": going_to("/chat/00000000-0000-7000-8000-000000000000/"),
    **PICTURE_SCENES,
    **SOUND_SCENES,
    **SAFETY_SCENES,
    **KEPT_CHAT_SCENES,
    **IMPORT_SCENES,
    **PLAIN_TEXT_SCENES,
    **SIMILARITY_SCENES,
    **ATTACHMENT_SCENES,
    **FILES_SCENES,
    **FILE_CHECK_SCENES,
}
# What the browser itself prints of them.
REFUSED_FORM = "status of 422"
EXPECTED = {
    **{
        "not-found": "status of 404",
        "data-owner": REFUSED_FORM,
        "files-edit": "Autofocus processing was blocked",  # the field that came first keeps the focus
        "provider-wrong": REFUSED_FORM,
        "team-wrong": REFUSED_FORM,
    },
    **ANSWERS_EXPECTED,
    **MODELS_EXPECTED,
    **PICTURES_EXPECTED,
    **SOUND_EXPECTED,
    **SAFETY_EXPECTED,
    **SIMILARITY_EXPECTED,
    **IMPORTS_EXPECTED,
}
