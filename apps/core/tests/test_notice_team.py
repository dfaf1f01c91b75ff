"""Another tab went to another team: this one says so, and sends no plain form."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route

from apps.core.middleware import CONTENT_SECURITY_POLICY
from apps.core.tests.test_run_scripts import SITE, browser

__all__ = ["browser"]  # the fixture
pytestmark = pytest.mark.browser
MINE, OTHER, THIRD = (f"01890000-0000-7000-8000-00000000000{number}" for number in range(3))
BODY = f"""<!doctype html><html lang="en"><head><script src="/team.js" defer></script></head><body data-team="{MINE}">
<div id="other-team" role="alert" hidden>
<span data-words="You work in the team %s now." data-unnamed="You work in another team now."></span><a href="/">Reload</a></div>
<div id="team-menu"><form method="post" action="/switch" data-any-team>
<button name="team" value="{OTHER}" data-team-name="Loom">Loom</button></form></div>
<form method="post" action="/plain" id="plain"><button>Send</button></form>
<form method="post" action="/htmx" hx-post="/htmx" id="htmx"><button>Send</button></form>
<form method="get" action="/search" id="search"><button>Find</button></form></body></html>"""


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()

    def serve(route: Route) -> None:
        if route.request.url.endswith("/team.js"):
            route.fulfill(path=settings.BASE_DIR / "static" / "js" / "team.js")
        else:
            headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            route.fulfill(body=BODY, content_type="text/html", headers=headers)

    page.route("**/*", serve)
    page.goto(SITE + "/")
    yield page
    context.close()


def switch_elsewhere(tab: Page, team: str) -> None:
    """What the server's answer to the other tab leaves in the browser."""
    tab.context.add_cookies([{"name": "team", "value": team, "url": SITE}])


def test_it_remembers_the_team_of_the_page_that_was_loaded_last(tab: Page) -> None:
    assert [cookie["value"] for cookie in tab.context.cookies() if cookie["name"] == "team"] == [MINE]  # type: ignore[typeddict-item]
    assert tab.locator("#other-team").is_hidden()


@pytest.mark.parametrize(("team", "words"), [(OTHER, "You work in the team Loom now."), (THIRD, "You work in another team now.")])
def test_it_says_which_team_it_is_when_the_tab_is_looked_at(tab: Page, team: str, words: str) -> None:
    switch_elsewhere(tab, team)
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert tab.locator("#other-team").is_visible()
    assert tab.locator("#other-team span").inner_text() == words
    switch_elsewhere(tab, MINE)
    tab.evaluate("dispatchEvent(new Event('focus'))")
    assert tab.locator("#other-team").is_hidden()


def test_it_holds_back_a_plain_form_and_shows_the_way(tab: Page) -> None:
    switch_elsewhere(tab, OTHER)
    tab.click("#plain button")
    tab.wait_for_timeout(200)
    assert tab.url == SITE + "/"
    assert tab.evaluate("document.activeElement.textContent") == "Reload"


@pytest.mark.parametrize(("form", "address"), [("#team-menu", "/switch"), ("#htmx", "/htmx"), ("#search", "/search?")])
def test_it_lets_through_what_knows_its_team_or_changes_nothing(tab: Page, form: str, address: str) -> None:
    switch_elsewhere(tab, OTHER)
    tab.click(f"{form} button")
    tab.wait_for_url(SITE + address)


def test_it_sends_as_always_while_nobody_went_elsewhere(tab: Page) -> None:
    tab.click("#plain button")
    tab.wait_for_url(SITE + "/plain")
