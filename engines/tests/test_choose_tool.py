"""Which tool a text is about, by its words."""

import pytest

from engines.chat.choosing import likely_tools, read_words
from engines.chat.tools import Tool, ToolUse, select_candidates


def tool(name: str, description: str = "", *properties: str) -> Tool:
    return Tool(name, description, {"properties": {each: {} for each in properties}}, "", "")


WEATHER = tool("get_weather", "Get the current weather in a given city", "city", "unit")
MAIL = tool("sendEmail", "Sends a message to somebody", "recipient", "subject")
ORDERS = tool("lookup", "Finds orders of customers by their number", "number")
TOOLS = (WEATHER, MAIL, ORDERS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is the weather in Paris?", (WEATHER,)),
        ("WEATHER!", (WEATHER,)),
        ("Please send an email to the whole team", (MAIL,)),
        ("Where are the orders of this customer?", (ORDERS,)),
        ("Who are you?", ()),
        ("Tell me a city", ()),
        ("", ()),
        ("wie wird das Wetter", ()),
    ],
)
def test_it_takes_the_tool_whose_words_are_used(text: str, expected: tuple[Tool, ...]) -> None:
    assert likely_tools(text, TOOLS) == expected


def test_it_leaves_a_draw_to_the_model() -> None:
    other = tool("weather_history", "Weather of past years")

    assert likely_tools("weather", (WEATHER, other)) == (WEATHER, other)


def test_it_takes_names_apart_and_endings_off() -> None:
    assert read_words("getHTTPStatus sending_mails") == read_words("http STATUS send mail")


def test_it_asks_nobody_when_nothing_may_be_called() -> None:
    assert select_candidates(ToolUse(), "weather", False, likely_tools) == ()


def test_it_offers_all_tools_when_one_must_be_called() -> None:
    assert select_candidates(ToolUse(TOOLS, True), "Who are you?", False, likely_tools) == TOOLS


def test_it_does_not_call_again_once_the_result_is_there() -> None:
    assert select_candidates(ToolUse(TOOLS), "weather", True, likely_tools) == ()
    assert select_candidates(ToolUse(TOOLS, True), "weather", True, likely_tools) == (WEATHER,)
