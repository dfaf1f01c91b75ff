"""The tree of a chat by hand and by keyboard, at a desk, on a phone, and without scripts."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.branch_scenes import reword, several, want_answers
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenSeat
from tests.browser.layout import too_wide
from tests.browser.models import BREAKS_ONCE, LONG, STEADY
from tests.browser.seat import PATIENCE, PHONE, Seat
from tests.product import Product


def test_it_edits_and_switches_by_keyboard(open_chat: OpenChat, seat: Seat) -> None:
    chat, keyboard = open_chat(STEADY).answered("What is clay?"), seat.page.keyboard
    chat.composer.press("ArrowUp")
    area = seat.page.get_by_role("textbox", name="Question")
    expect(area).to_be_focused()
    keyboard.press("Escape")
    expect(area).to_have_count(0)
    expect(chat.composer).to_be_focused()
    chat.composer.press("ArrowUp")
    expect(area).to_be_focused()
    keyboard.press("Control+a")
    keyboard.type("What is mud?")
    keyboard.press("Enter")
    expect(seat.page.locator(".turn-u")).to_have_text("What is mud?", timeout=PATIENCE)
    chat.wait_end()
    previous = seat.page.get_by_role("navigation", name="Other questions").get_by_role("button", name="Previous")
    previous.focus()
    keyboard.press("Enter")
    expect(seat.page.locator(".siblings-u")).to_contain_text("1 of 2")
    expect(seat.page.locator(".turn-u")).to_contain_text("What is clay?")
    expect(seat.page.get_by_role("button", name="Previous")).to_be_focused()  # and Next is one key away
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(seat.page.locator(".turn-u")).to_have_text("What is mud?")


def test_it_does_not_edit_while_something_is_typed(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY).answered()
    chat.composer.fill("Half a thought")
    chat.composer.press("ArrowUp")
    expect(seat.page.locator(".edit-turn")).to_have_count(0)


def test_it_sends_an_edited_question_once_for_a_double_click(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY).answered("What is clay?")
    seat.page.locator("[data-edit]").click()
    seat.page.locator(".edit-turn").get_by_role("button", name="Send").dblclick()
    expect(seat.page.locator(".siblings-u")).to_contain_text("2 of 2", timeout=PATIENCE)
    chat.wait_end()
    assert len(chat.calls()) == 2


def test_it_stops_one_of_several_and_goes_on_with_another(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG)
    several(chat)
    boxes = [each.bounding_box() for each in seat.page.locator(".together").all()[:2]]
    assert boxes[0] and boxes[1] and boxes[0]["y"] == boxes[1]["y"]  # beside each other
    columns = seat.page.locator(".together")
    columns.nth(1).get_by_role("button", name="Stop").click()
    expect(columns.nth(1)).to_contain_text("Stopped", timeout=PATIENCE)
    expect(columns.nth(0).locator(".turn-a")).to_have_attribute("aria-busy", "true")
    chat.wait_end_of_all(3)
    assert len(chat.calls()) == 3
    columns.nth(2).get_by_role("button", name="Go on with this one").click()
    expect(seat.page.locator(".together")).to_have_count(0)
    expect(seat.page.locator(".siblings")).to_contain_text("3 of 3")
    want_answers_again(chat)
    chat.answered("And then?")
    expect(seat.page.locator(".siblings").first).to_contain_text("3 of 3")


def want_answers_again(chat: Chat) -> None:
    chat.page.reload()
    chat.page.locator("#set-answers").fill("1")
    with chat.page.expect_response(lambda response: response.url.endswith("/settings/")):
        chat.page.locator("#set-answers").dispatch_event("change")


def test_it_works_on_a_phone(open_seat: OpenSeat, session: Any, product: Product) -> None:
    phone = open_seat(storage_state=session, viewport=PHONE, has_touch=True)
    chat = Chat(phone.page, product, product.conversation(STEADY)).open()
    want_answers(chat, 2)
    chat.ask("Which is best?").wait_end_of_all(2)
    boxes = [each.bounding_box() for each in phone.page.locator(".together").all()]
    assert boxes[0] and boxes[1] and boxes[0]["x"] == boxes[1]["x"] and boxes[0]["y"] < boxes[1]["y"]  # below each other
    assert too_wide(phone.page) == []
    phone.page.locator(".together").nth(1).get_by_role("button", name="Ask again in another way").tap()
    expect(phone.page.get_by_role("link", name="With another model")).to_be_visible()
    assert too_wide(phone.page) == []
    phone.page.keyboard.press("Escape")
    phone.page.locator(".together").first.get_by_role("button", name="Go on with this one").tap()
    expect(phone.page.locator(".siblings")).to_contain_text("1 of 2")


def test_it_goes_on_where_it_broke_off(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(BREAKS_ONCE).answered("Count.")
    assert chat.words() == list(range(1, 21))
    seat.page.get_by_role("button", name="Continue").click()
    expect(seat.page.get_by_role("link", name="Receipt of part 1")).to_be_visible(timeout=PATIENCE)
    assert chat.words() == list(range(1, 41))


def test_it_goes_all_ways_without_scripts(open_seat: OpenSeat, session: Any, product: Product) -> None:
    plain = open_seat(storage_state=session, java_script_enabled=False)
    plain.allow("Autofocus processing was blocked")  # the address names the turn that is looked at
    chat = Chat(plain.page, product, product.conversation(STEADY)).open().ask("What is clay?")
    product.provider.wait_for_call(chat.marker)
    until_ended(chat)
    plain.page.get_by_role("link", name="Edit", exact=True).click()
    plain.page.get_by_role("textbox", name="Question").fill("What is mud?")
    plain.page.get_by_role("button", name="Send").click()
    until_ended(chat)
    expect(plain.page.locator(".siblings-u")).to_contain_text("2 of 2")
    plain.page.get_by_role("button", name="Previous").click()
    expect(plain.page.locator(".turn-u")).to_contain_text("What is clay?")
    chat.answer.get_by_role("button", name="Ask again in another way").click()
    plain.page.get_by_role("link", name="With another model or more thinking").click()
    expect(plain.page.get_by_role("button", name="The same again")).to_be_visible()
    plain.page.go_back()
    chat.answer.get_by_role("button", name="Branch").click()
    expect(plain.page.get_by_text("A branch of")).to_be_visible()


def until_ended(chat: Chat) -> None:
    from tests.browser.test_work_without_scripts import reload_until_ended

    reload_until_ended(chat)


def test_it_rewords_in_a_long_chat_without_losing_the_rest(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY).answered("One").answered("Two")
    reword(chat, "Three")
    expect(seat.page.locator(".turn-u")).to_have_count(2)
    seat.page.reload()
    expect(seat.page.locator(".turn-u").last).to_have_text("Three")
    seat.page.get_by_role("button", name="Previous").click()
    expect(seat.page.locator(".turn-u").last).to_contain_text("Two")
