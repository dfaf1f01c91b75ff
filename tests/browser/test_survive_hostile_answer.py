"""An answer that wants to take over the page gets nothing: no script, no request, no dialog, also while it is being written."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenChat
from tests.browser.models import HOSTILE, SLOW_HOSTILE
from tests.browser.seat import Seat

FORBIDDEN = ["script", "svg", "img", "iframe", "form", "object", "embed", "style", "link", "base", "meta", "input", "button", "textarea"]
FORBIDDEN += ["math", "template", "video", "audio"]
LOOK = """(forbidden) => {
  const found = [];
  for (const answer of document.querySelectorAll(".prose .block")) {
    for (const element of answer.querySelectorAll("*")) {
      const tag = element.tagName.toLowerCase();
      if (forbidden.includes(tag)) found.push(`<${tag}>`);
      for (const { name, value } of element.attributes) {
        const own = element.classList.contains("tail") && name === "id";
        if (!own && /^(on|hx-|data-hx-|sse-|style|id$|src$|name$|form)/.test(name)) found.push(`<${tag} ${name}="${value}">`);
      }
      if (tag === "a" && (!/^(https?|mailto):/.test(element.href) || !element.relList.contains("noopener"))) found.push(element.outerHTML);
    }
  }
  if (window.owned !== undefined) found.push("a script ran");
  if (document.title === "owned") found.push("the title was changed");
  if (document.querySelectorAll("#composer, #page").length) found.push("an element got out of the answer");
  return found;
}"""


def dangers(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(LOOK, FORBIDDEN)
    return found


def test_it_stays_harmless_while_it_is_written(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(SLOW_HOSTILE).ask().wait_begin()
    looks = 0
    while chat.answer.get_attribute("aria-busy") == "true":
        assert dangers(seat.page) == []
        looks += 1
        seat.page.wait_for_timeout(40)
    assert looks > 5
    assert dangers(seat.page) == []
    expect(chat.prose).to_contain_text("The end.")


@pytest.mark.parametrize("place", ["chat", "receipt", "past", "history"])
def test_it_stays_harmless_wherever_it_is_shown(open_chat: OpenChat, seat: Seat, place: str) -> None:
    chat = open_chat(HOSTILE).answered('<script>window.owned = true</script> <img src=x onerror="window.owned = true"> {{ 7*7 }}')
    if place == "chat":
        seat.page.reload()
    elif place == "receipt":
        chat.answer.get_by_role("link", name="Receipt").click()
        seat.page.wait_for_url("**/history/*-*/")
    else:
        seat.page.goto({"past": "/chat/past/?q=owned", "history": "/history/?q=owned"}[place])
    if place in {"chat", "receipt"}:
        expect(seat.page.locator(".prose").last).to_contain_text("The end.")
    assert dangers(seat.page) == []
    assert seat.page.locator("main script, main svg [onload], main img, main iframe").count() == 0


def test_it_does_nothing_when_it_is_clicked(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(HOSTILE).answered()
    address = seat.page.url
    for text in ("div", "Press me", "out of band"):
        chat.prose.get_by_text(text, exact=False).first.click()
    assert chat.prose.locator('a[href^="javascript" i]').count() == 0
    assert dangers(seat.page) == []
    assert seat.page.url == address
