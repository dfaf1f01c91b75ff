"""Our scripts in a real browser, on small pages of their own: no server, no network."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, sync_playwright

from apps.core.middleware import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.browser
SITE = "http://site.test"
SCRIPTS = ("app.js", "composing.js", "live.js")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
SHELL = """<!doctype html><html lang="en"><head>{scripts}</head><body>{body}
<div id="toasts"></div>
<template id="toast-copied"><div class="toast">Copied</div></template>
<template id="toast-failed"><div class="toast">Failed</div></template>
<template id="toast-unsent"><div class="toast">Unsent</div></template></body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        if os.environ.get("CI"):
            pytest.fail("Chromium is required in CI.")
        pytest.skip("No Chromium here: the scripts were not tried. Install Debian's package chromium.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def show(page: Page, body: str) -> list[str]:
    """Opens a page with this body and our scripts, under the real policy; collects what goes wrong in it."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(SITE + "/")
        if name in SCRIPTS:
            route.fulfill(path=settings.BASE_DIR / "static" / "js" / name)
        else:
            tags = "".join(f'<script src="/{script}" defer></script>' for script in SCRIPTS)
            headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            route.fulfill(body=SHELL.format(scripts=tags, body=body), content_type="text/html", headers=headers)

    page.route("**/*", serve)
    page.goto(SITE + "/")
    return troubles


def fire(page: Page, name: str, detail: str) -> None:
    """What htmx would tell the scripts."""
    page.evaluate(f"document.querySelector('form').dispatchEvent(new CustomEvent('{name}', {{bubbles: true, detail: {detail}}}))")


def test_it_changes_the_theme_and_remembers_it(page: Page) -> None:
    troubles = show(page, '<form data-theme-toggle><button id="switch">Light or dark</button></form>')
    page.click("#switch")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("#switch")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert "theme=light" in page.evaluate("document.cookie")
    assert troubles == []


COMPOSER = '<form><textarea data-draft="chat-1" data-send-with-enter rows="1"></textarea></form>'


def test_it_sends_with_enter_and_breaks_the_line_with_shift(page: Page) -> None:
    show(page, COMPOSER)
    page.evaluate(
        "window.sent = 0; document.querySelector('form').addEventListener('submit', (e) => { e.preventDefault(); window.sent += 1; })"
    )
    page.press("textarea", "Enter")
    assert page.evaluate("window.sent") == 0
    page.type("textarea", "hello")
    page.press("textarea", "Shift+Enter")
    assert page.evaluate("window.sent") == 0
    page.press("textarea", "Enter")
    assert page.evaluate("window.sent") == 1
    assert page.input_value("textarea") == "hello\n"


def test_it_sends_nothing_while_a_word_is_being_composed(page: Page) -> None:
    show(page, COMPOSER)
    page.evaluate(
        "window.sent = 0; document.querySelector('form').addEventListener('submit', (e) => { e.preventDefault(); window.sent += 1; })"
    )
    page.type("textarea", "nihon")
    page.evaluate(
        "document.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert page.evaluate("window.sent") == 0


def test_it_gives_a_draft_back_after_a_reload(page: Page) -> None:
    show(page, COMPOSER)
    page.type("textarea", "half a thought")
    page.reload()
    assert page.input_value("textarea") == "half a thought"


@pytest.mark.parametrize(
    ("status", "verb", "kept"),
    [(200, "post", ""), (422, "post", "a thought"), (401, "post", "a thought"), (0, "post", "a thought"), (200, "get", "a thought")],
)
def test_it_forgets_a_draft_only_when_the_server_took_it(page: Page, status: int, verb: str, kept: str) -> None:
    show(page, COMPOSER)
    page.type("textarea", "a thought")
    fire(
        page, "htmx:beforeOnLoad", f"{{xhr: {{status: {status}}}, elt: document.querySelector('form'), requestConfig: {{verb: '{verb}'}}}}"
    )
    page.reload()
    assert page.input_value("textarea") == kept


def test_it_grows_to_eight_lines_and_then_scrolls(page: Page) -> None:
    show(page, COMPOSER)
    one = page.evaluate("document.querySelector('textarea').offsetHeight")
    page.fill("textarea", "\n".join("line" for _ in range(4)))
    four = page.evaluate("document.querySelector('textarea').offsetHeight")
    page.fill("textarea", "\n".join("line" for _ in range(40)))
    forty = page.evaluate("document.querySelector('textarea').offsetHeight")
    assert one < four < forty < four * 3
    assert page.evaluate("document.querySelector('textarea').style.overflowY") == "auto"


def test_it_stops_the_newest_answer_with_escape_but_closes_a_dialog_first(page: Page) -> None:
    show(page, '<button data-stop id="old"></button><button data-stop id="new"></button><dialog><p>x</p></dialog>')
    page.evaluate(
        "window.stopped = [];"
        "document.querySelectorAll('[data-stop]').forEach((b) => b.addEventListener('click', () => window.stopped.push(b.id)))"
    )
    page.evaluate("document.querySelector('dialog').showModal()")
    page.keyboard.press("Escape")
    assert page.evaluate("window.stopped") == []
    page.keyboard.press("Escape")
    assert page.evaluate("window.stopped") == ["new"]


def test_it_copies_the_text_and_says_so(page: Page) -> None:
    show(page, '<pre id="request">curl --data x</pre><button data-copy="request">Copy</button>')
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(getSelection()) })")
    page.click("button")
    page.wait_for_selector(".toast")
    assert page.inner_text(".toast") == "Copied"
    assert page.evaluate("window.copied") == "curl --data x"


def test_it_takes_toasts_away_but_not_under_the_pointer(page: Page) -> None:
    page.clock.install()
    show(page, "")
    page.evaluate('document.getElementById(\'toasts\').innerHTML = \'<div class="toast" id="a">a</div><div class="toast" id="b">b</div>\'')
    page.hover("#a")
    page.clock.run_for(7000)
    assert page.locator("#a").count() == 1
    assert page.locator("#b").count() == 0


def test_it_shows_an_error_of_htmx_once(page: Page) -> None:
    show(page, COMPOSER)
    fire(page, "htmx:responseError", "{xhr: {getResponseHeader: () => null}}")
    fire(page, "htmx:responseError", "{xhr: {getResponseHeader: () => '#toasts'}}")
    fire(page, "htmx:sendError", "{}")
    assert page.locator(".toast").all_inner_texts() == ["Failed", "Unsent"]


def test_it_says_when_the_connection_is_gone(page: Page) -> None:
    show(page, '<div id="offline" hidden>You are offline.</div>')
    page.context.set_offline(True)
    page.wait_for_selector("#offline", state="visible")
    page.context.set_offline(False)
    page.wait_for_selector("#offline", state="hidden")


def test_it_reads_a_slider_in_words(page: Page) -> None:
    show(
        page,
        '<input type="range" id="most" min="100" max="4000" step="50" value="800"><output for="most" data-words="about %s words"></output>',
    )
    page.fill("#most", "1600")
    assert page.inner_text("output") == "about 1,200 words"


def test_it_counts_the_seconds_of_what_goes_on(page: Page) -> None:
    page.clock.install(time=100)
    show(page, '<span data-since="98000"></span>')
    page.clock.run_for(3000)
    assert page.inner_text("span") == "5 s"
    page.clock.run_for(100_000)
    assert page.inner_text("span") == "1 min 45 s"


def test_it_adds_streamed_text_as_text(page: Page) -> None:
    troubles = show(page, '<form></form><p id="tail-7">so </p>')
    page.evaluate("window.source = new EventTarget()")
    fire(page, "htmx:sseOpen", "{source: window.source}")
    fire(page, "htmx:sseOpen", "{source: window.source}")
    for data in ('["7", "far <b>bold</b>"]', '["8", "nobody"]', "no json", '["7", "!"]'):
        page.evaluate("(data) => window.source.dispatchEvent(new MessageEvent('message', {data}))", data)
    assert page.inner_text("#tail-7") == "so far <b>bold</b>!"
    assert page.locator("#tail-7 b").count() == 0
    assert troubles == []


def test_it_opens_and_closes_a_dialog(page: Page) -> None:
    show(page, '<a href="/elsewhere" data-open-dialog="ask">Ask</a><dialog id="ask"><button data-close-dialog>Close</button></dialog>')
    page.click("a")
    assert page.evaluate("document.getElementById('ask').open") is True
    page.click("dialog button")
    assert page.evaluate("document.getElementById('ask').open") is False
    assert page.url == SITE + "/"


def test_it_does_without_storage(page: Page) -> None:
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('forbidden'); }})")
    troubles: list[Any] = show(page, COMPOSER)
    page.type("textarea", "kept on the page")
    assert page.input_value("textarea") == "kept on the page"
    assert troubles == []
