"""A function, variables and a list of fields as a new person uses them: found on the page, and nothing lost by a reload."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.answer_scenes import FUNCTION, asked, fields_answered, function_kept, variables_asked, variables_missing
from tests.browser.conftest import OpenChat
from tests.browser.models import STEADY
from tests.browser.seat import PATIENCE, Seat
from tests.browser.stage import Stage
from tests.product import Product

REPLY = "10:00 to 17:00, Mondays closed"


class Museum(http.server.BaseHTTPRequestHandler):
    """Somebody's own search, on a private address."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = json.dumps({"hours": "10 to 17", "for": asked["query"]}).encode()
        self.server.asked.append(asked)  # type: ignore[attr-defined]  # put there by the fixture
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Not on the tests' output."""


@pytest.fixture
def museum() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Museum)
    server.asked = []  # type: ignore[attr-defined]  # what came
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_a_typed_reply_survives_a_reload_and_the_chat_goes_on(seat: Seat, product: Product) -> None:
    chat = asked(Stage(seat.page, product))
    for number in range(2):
        seat.page.get_by_label(f"What {FUNCTION} gives back").nth(number).fill(REPLY)
    seat.page.reload()
    expect(seat.page.get_by_label(f"What {FUNCTION} gives back").first).to_have_value(REPLY)
    seat.page.get_by_role("button", name="Go on").dblclick()
    expect(chat.answer).to_contain_text("다음과 같습니다", timeout=PATIENCE)
    chat.wait_end()
    assert len(chat.calls()) == 2
    expect(seat.page.locator(".call-reply")).to_have_count(2)


def test_calls_are_left_with_a_click(seat: Seat, product: Product) -> None:
    chat = asked(Stage(seat.page, product))
    seat.page.get_by_role("button", name="Leave it").click()
    expect(seat.page.get_by_text(f"Left without a reply: {FUNCTION}")).to_be_visible()
    assert len(chat.calls()) == 1


def test_an_address_fills_the_reply(seat: Seat, product: Product, museum: http.server.ThreadingHTTPServer) -> None:
    stage = Stage(seat.page, product)
    function_kept(stage)
    seat.page.get_by_role("link", name=FUNCTION).click()
    seat.page.get_by_label("Address that gives the reply").fill(f"http://127.0.0.1:{museum.server_port}/search")
    seat.page.get_by_label("This server is on our own network").check()
    seat.page.get_by_role("button", name="Save").click()
    expect(seat.page.locator(".badge", has_text="127.0.0.1")).to_be_visible()
    try:
        chat = asked(stage)
        seat.page.get_by_role("button", name="Ask 127.0.0.1").first.click()
        first = seat.page.get_by_label(f"What {FUNCTION} gives back").first
        expect(first).to_have_value(json.dumps({"hours": "10 to 17", "for": "opening hours of the harbour museum"}), timeout=PATIENCE)
        assert len(museum.asked) == 1  # type: ignore[attr-defined]  # put there by the fixture
        seat.page.get_by_label(f"What {FUNCTION} gives back").last.fill("Nothing more")
        seat.page.get_by_role("button", name="Go on").click()
        expect(chat.answer).to_contain_text("10 to 17", timeout=PATIENCE)
        chat.wait_end()
    finally:
        seat.page.goto("/chat/functions/")
        seat.page.get_by_role("link", name=FUNCTION).click()
        seat.page.get_by_role("button", name="Delete").click()
        expect(seat.page.get_by_text("Deleted")).to_be_visible()


def test_variables_are_asked_for_and_sent(seat: Seat, product: Product, open_chat: OpenChat) -> None:
    variables_asked(Stage(seat.page, product))
    seat.page.locator("#var-topic").fill("lemons")
    seat.page.locator(".composer .send").click()
    expect(seat.page.locator(".turn-u")).to_have_text("Write a letter to Ida about lemons", timeout=PATIENCE)
    expect(seat.page.locator("#message")).to_have_value("")
    expect(seat.page.locator("#variables fieldset")).to_have_count(0)


def test_variables_of_instructions_are_asked_for_at_once(open_chat: OpenChat, seat: Seat) -> None:
    open_chat(STEADY)
    seat.page.locator("#instructions summary").click()
    seat.page.locator("#instructions-text").fill("Answer as {{who}}.")
    seat.page.get_by_role("button", name="Save instructions").click()
    expect(seat.page.locator("#var-who")).to_be_visible(timeout=PATIENCE)


def test_a_list_of_fields_is_copied(seat: Seat, product: Product) -> None:
    fields_answered(Stage(seat.page, product))
    copy = seat.page.get_by_role("button", name="Copy as CSV")
    assert copy.get_attribute("data-text") == "name,age\nsome name,41\n"


def test_what_was_typed_stays_while_a_value_is_missing(seat: Seat, product: Product) -> None:
    variables_missing(Stage(seat.page, product))
    expect(seat.page.locator("#message")).to_have_value("Write a letter to {{name}} about {{topic}}")
    expect(seat.page.locator("#var-name")).to_have_value("Ida")
    seat.allow("status of 422")


def test_a_button_puts_a_variable_in(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.composer.fill("A letter to ")
    chat.composer.press("End")
    seat.page.get_by_role("button", name="Variable", exact=True).click()
    expect(chat.composer).to_have_value("A letter to {{name}}")
    expect(chat.composer).to_be_focused()
    seat.page.keyboard.type("person")
    expect(chat.composer).to_have_value("A letter to {{person}}")
    expect(seat.page.locator("#variables").get_by_label("person")).to_be_visible(timeout=PATIENCE)
