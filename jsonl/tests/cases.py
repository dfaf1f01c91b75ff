"""Lines with what is wrong with them, for each purpose: by OpenAI's documented rules."""

import json
from typing import Any, Final

SYSTEM: Final = {"role": "system", "content": "Be brief."}
ASK: Final = {"role": "user", "content": "Is the bowl oven safe?"}
SAY: Final = {"role": "assistant", "content": "Yes, up to 220 °C."}
TOOL: Final = {"type": "function", "function": {"name": "stock", "parameters": {"type": "object", "properties": {}}}}
CALL: Final = {"id": "call_1", "type": "function", "function": {"name": "stock", "arguments": '{"item": "bowl"}'}}
CUSTOM: Final = {"type": "custom", "custom": {"name": "note"}}
CALLING: Final = {"role": "assistant", "tool_calls": [CALL]}
NOTE: Final = {"id": "call_1", "type": "custom", "custom": {"name": "note", "input": "Bowl: {12"}}
NOTING: Final = {"role": "assistant", "tool_calls": [NOTE]}
REPLY: Final = {"role": "tool", "tool_call_id": "call_1", "content": "12"}
PICTURE: Final = {"type": "image_url", "image_url": {"url": "https://example.org/bowl.png"}}


def chat(*messages: Any, **more: Any) -> str:
    return json.dumps({"messages": list(messages), **more}, ensure_ascii=False)


def seen(*parts: Any, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": list(parts)}


def inline(kind: str, size: int = 9) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:{kind};base64," + "A" * (size * 4 // 3)}}


TWO_CALLS: Final = {"role": "assistant", "tool_calls": [CALL, {**CALL, "id": "call_2"}]}


def with_arguments(arguments: Any) -> dict[str, Any]:
    return {**CALL, "function": {"name": "stock", "arguments": arguments}}


def named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


def many_tools(number: int) -> list[dict[str, Any]]:
    return [named(f"tool-{at}") for at in range(number)]


CHAT: Final[list[tuple[str, str, list[str]]]] = [
    ("a question and its answer", chat(ASK, SAY), []),
    ("with instructions", chat(SYSTEM, ASK, SAY), []),
    ("with instructions of a developer", chat({"role": "developer", "content": "Be kind."}, ASK, SAY), []),
    ("several turns", chat(ASK, SAY, ASK, SAY), []),
    ("weights", chat(ASK, {**SAY, "weight": 0}, ASK, {**SAY, "weight": 1}), []),
    ("a name", chat({**ASK, "name": "anna"}, SAY), []),
    ("a tool and its call at the end", chat(ASK, CALLING, tools=[TOOL]), []),
    ("a tool, its call, its reply, an answer", chat(ASK, CALLING, REPLY, SAY, tools=[TOOL], parallel_tool_calls=False), []),
    ("a refusal", chat(ASK, {"role": "assistant", "content": None, "refusal": "I cannot say."}), []),
    ("a picture", chat(seen({"type": "text", "text": "What is it?"}, PICTURE), SAY), []),
    ("a picture inside the line", chat(seen(inline("image/png")), SAY), []),
    ("no messages", json.dumps({"message": []}), ["key", "missing"]),
    ("messages that are no list", json.dumps({"messages": "hello"}), ["no_list"]),
    ("an empty list", chat(), ["no_list"]),
    ("a message that is a text", chat("hello", SAY), ["message"]),
    ("a role that is none", chat({"role": "bot", "content": "x"}, SAY), ["role"]),
    ("no role", chat({"content": "x"}, SAY), ["role"]),
    ("a role that is a list", chat({"role": ["user"], "content": "x"}, SAY), ["role"]),
    ("no content", chat({"role": "user"}, SAY), ["no_content"]),
    ("an empty question", chat({"role": "user", "content": " "}, SAY), ["no_content"]),
    ("no parts", chat(seen(), SAY), ["no_content"]),
    ("a content that is a number", chat({"role": "user", "content": 7}, SAY), ["content"]),
    ("a part that is none", chat(seen({"type": "smell"}), SAY), ["part"]),
    ("a part that is a text", chat(seen("hello"), SAY), ["part"]),
    ("a text part without text", chat(seen({"type": "text"}), SAY), ["content"]),
    ("nobody answers", chat(SYSTEM, ASK), ["no_assistant"]),
    ("the last is the user", chat(ASK, SAY, ASK), ["last_assistant"]),
    ("an empty answer", chat(ASK, {"role": "assistant", "content": ""}), ["blank_answer"]),
    ("an answer without anything", chat(ASK, {"role": "assistant", "content": None}), ["no_content"]),
    ("nothing is learnt", chat(ASK, {**SAY, "weight": 0}), ["nothing_learnt"]),
    ("half a weight", chat(ASK, {**SAY, "weight": 0.5}), ["weight"]),
    ("empty instructions", chat({"role": "system", "content": ""}, ASK, SAY), ["no_content"]),
    ("a name that is a number", chat({**ASK, "name": 7}, SAY), ["no_text"]),
    ("a function without a name", chat(ASK, {"role": "function", "content": "12"}, SAY), ["function_role", "no_text"]),
    ("a sound", chat(seen({"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}), SAY), ["part"]),
    ("a file", chat(seen({"type": "file", "file": {"file_id": "file-1"}}), SAY), ["part"]),
    ("a moving picture", chat(seen(inline("image/gif")), SAY), ["image_kind"]),
    ("ten pictures in two messages", chat(seen(*[PICTURE] * 5), seen(*[PICTURE] * 5), SAY), []),
    ("eleven pictures in two messages", chat(seen(*[PICTURE] * 5), seen(*[PICTURE] * 6), SAY), ["line_images"]),
    ("a tool of another kind", chat(ASK, SAY, tools=[CUSTOM]), ["tool"]),
    ("one id for two calls", chat(ASK, {**CALLING, "tool_calls": [CALL, CALL]}, REPLY, SAY, tools=[TOOL]), ["call"]),
    ("a call of before the tools", chat(ASK, {"role": "assistant", "function_call": CALL["function"]}, functions=[TOOL["function"]]), []),
    ("a number that is too large", '{"messages": 1e999}', ["json"]),
    ("more brackets than anybody needs", '{"messages": ' + "[" * 600 + "]" * 600 + "}", ["json"]),
    ("a role that stands twice", '{"messages": [{"role": "user", "role": "user", "content": "a"}, ' + chat(SAY)[14:], ["key_twice"]),
    ("what looks like a name that stands twice", chat({**ASK, "content": '{"a": 1, "a": 2}'}, SAY), []),
    ("quotes that are written as numbers", chat(ASK, {**SAY, "content": "x"}).replace('"x"', '"\\u0022a\\u0022:"'), []),
    ("a weight in words", chat(ASK, {**SAY, "weight": "1"}), ["weight"]),
    ("a weight of yes", chat(ASK, {**SAY, "weight": True}), ["weight"]),
    ("a question with a weight", chat({**ASK, "weight": 1}, SAY), ["weight_role"]),
    ("an unknown field of a message", chat({**ASK, "mood": "good"}, SAY), ["key"]),
    ("an unknown field of a line", chat(ASK, SAY, source="shop"), ["key"]),
    ("a picture that an assistant shows", chat(ASK, seen(PICTURE, role="assistant")), ["image_role"]),
    ("a picture in the instructions", chat(seen(PICTURE, role="system"), ASK, SAY), ["image_role"]),
    ("eleven pictures", chat(seen(*[PICTURE] * 11), SAY), ["line_images"]),
    ("a picture without an address", chat(seen({"type": "image_url", "image_url": {}}), SAY), ["image_address"]),
    ("a picture on a disk", chat(seen({"type": "image_url", "image_url": {"url": "C:\\bowl.png"}}), SAY), ["image_address"]),
    ("a picture of a kind that is not taken", chat(seen(inline("image/tiff")), SAY), ["image_kind"]),
    ("a picture that is too large", chat(seen(inline("image/png", 10 * 1024 * 1024 + 4)), SAY), ["image_size"]),
    ("tools that are no list", chat(ASK, SAY, tools="stock"), ["no_list"]),
    ("a tool without a kind", chat(ASK, SAY, tools=[{"function": {"name": "stock"}}]), ["tool"]),
    ("a tool without a name", chat(ASK, SAY, tools=[{"type": "function", "function": {}}]), ["tool"]),
    ("a tool with a space in its name", chat(ASK, SAY, tools=[{"type": "function", "function": {"name": "in stock"}}]), ["tool_name"]),
    (
        "a tool with parameters in words",
        chat(ASK, SAY, tools=[{"type": "function", "function": {"name": "a", "parameters": "x"}}]),
        ["tool"],
    ),
    ("one tool twice", chat(ASK, SAY, tools=[TOOL, TOOL]), ["tool_twice"]),
    ("a call of a tool that is not there", chat(ASK, CALLING), ["tool_unknown"]),
    ("a call without an id", chat(ASK, {"role": "assistant", "tool_calls": [{**CALL, "id": None}]}, tools=[TOOL]), ["call"]),
    ("no calls in the list", chat(ASK, {"role": "assistant", "tool_calls": []}, tools=[TOOL]), ["call", "no_content"]),
    (
        "arguments that are no JSON",
        chat(ASK, {"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "stock", "arguments": "{"}}]}, tools=[TOOL]),
        ["call_json"],
    ),
    ("a call that nobody answers", chat(ASK, CALLING, SAY, tools=[TOOL]), ["call_open"]),
    ("a reply to no call", chat(ASK, REPLY, SAY, tools=[TOOL]), ["call_unknown"]),
    ("a reply to another call", chat(ASK, CALLING, {**REPLY, "tool_call_id": "call_2"}, SAY, tools=[TOOL]), ["call_unknown", "call_open"]),
    ("the role of before the tools", chat(ASK, {"role": "function", "name": "stock", "content": "12"}, SAY), ["function_role"]),
    ("a list", "[1]", ["not_object"]),
    ("a text", '"hello"', ["not_object"]),
    ("a missing quote", '{"messages": [{"role": "user", "content": "bowl}]}', ["json"]),
    ("a comma too much", '{"messages": [],}', ["json"]),
    ("single quotes", "{'messages': []}", ["json"]),
    ("two objects on a line", chat(ASK, SAY) * 2, ["json"]),
    ("not a number", '{"messages": NaN}', ["json"]),
    ("half of a letter", '{"messages": [{"role": "user", "content": "\\ud800"}]}', ["surrogate"]),
    ("the letter NUL", chat({"role": "user", "content": "a\x00b"}, SAY), ["nul"]),
    ("messages twice", '{"messages": [], ' + chat(ASK, SAY)[1:], ["key_twice"]),
    ("two calls at once in words", chat(ASK, SAY, tools=[TOOL], parallel_tool_calls="yes"), ["no_flag"]),
    ("two calls at once as a number", chat(ASK, SAY, tools=[TOOL], parallel_tool_calls=1), ["no_flag"]),
    ("two calls, both answered", chat(ASK, TWO_CALLS, REPLY, {**REPLY, "tool_call_id": "call_2"}, SAY, tools=[TOOL]), []),
    ("two calls, one answered", chat(ASK, TWO_CALLS, REPLY, SAY, tools=[TOOL]), ["call_open"]),
    ("a reply without an id", chat(ASK, CALLING, {"role": "tool", "content": "12"}, SAY, tools=[TOOL]), ["call_unknown", "call_open"]),
    ("a reply without a content", chat(ASK, CALLING, {"role": "tool", "tool_call_id": "call_1"}, SAY, tools=[TOOL]), ["no_content"]),
    ("a reply in parts", chat(ASK, CALLING, {**REPLY, "content": [{"type": "text", "text": "12"}]}, SAY, tools=[TOOL]), []),
    ("a reply with a picture", chat(ASK, CALLING, {**REPLY, "content": [PICTURE]}, SAY, tools=[TOOL]), ["image_role"]),
    (
        "a call with a list for arguments",
        chat(ASK, {"role": "assistant", "tool_calls": [with_arguments("[1]")]}, tools=[TOOL]),
        ["call_json"],
    ),
    ("arguments that are an object", chat(ASK, {"role": "assistant", "tool_calls": [with_arguments({"a": 1})]}, tools=[TOOL]), ["call"]),
    ("a call in words", chat(ASK, {"role": "assistant", "tool_calls": ["stock"]}, tools=[TOOL]), ["call"]),
    ("an old call in words", chat(ASK, {"role": "assistant", "function_call": "stock"}, functions=[TOOL["function"]]), ["call"]),
    ("as many tools as are taken", chat(ASK, SAY, tools=many_tools(128)), []),
    ("one tool more", chat(ASK, SAY, tools=many_tools(129)), ["many_entries"]),
    ("one old function more", chat(ASK, SAY, functions=[tool["function"] for tool in many_tools(129)]), ["many_entries"]),
    ("a tool with a name of 64 letters", chat(ASK, SAY, tools=[named("a" * 64)]), []),
    ("a tool with a name of 65 letters", chat(ASK, SAY, tools=[named("a" * 65)]), ["tool_name"]),
    ("a tool whose name ends with a line break", chat(ASK, SAY, tools=[named("stock\n")]), ["tool_name"]),
    ("a weight for one of two answers", chat(ASK, {**SAY, "weight": 0}, ASK, SAY), []),
    ("a weight of two", chat(ASK, {**SAY, "weight": 2}), ["weight"]),
    ("instructions as the last", chat(ASK, SAY, SYSTEM), ["last_assistant"]),
    ("instructions with a weight", chat({**SYSTEM, "weight": 0}, ASK, SAY), ["weight_role"]),
    ("instructions in parts", chat({"role": "developer", "content": [{"type": "text", "text": "Be kind."}]}, ASK, SAY), []),
    ("an answer in parts", chat(ASK, {"role": "assistant", "content": [{"type": "text", "text": "Yes."}]}), []),
    ("a refusal of the user", chat(seen({"type": "refusal", "refusal": "No."}), SAY), ["part"]),
    ("a picture of WebP, one of JPEG", chat(seen(inline("image/webp"), inline("image/jpeg")), SAY), []),
    ("a picture at http", chat(seen({"type": "image_url", "image_url": {"url": "http://example.org/a.png"}}), SAY), []),
    ("a picture as large as is taken", chat(seen(inline("image/png", 10 * 1024 * 1024 - 3)), SAY), []),
    ("data that says no kind", chat(seen({"type": "image_url", "image_url": {"url": "data:;base64,AA=="}}), SAY), ["image_address"]),
    ("old pairs of prompt and completion", json.dumps({"prompt": "a", "completion": "b"}), ["key", "key", "missing"]),
    ("right to left", chat({**ASK, "content": "هل الوعاء آمن؟"}, {**SAY, "content": "نعم."}), []),
    ("a number", "7", ["not_object"]),
    ("null", "null", ["not_object"]),
]

MESSAGES: Final = {"messages": [ASK]}
GOOD: Final = [{"role": "assistant", "content": "Yes."}]
POOR: Final = [{"role": "assistant", "content": "Dunno."}]


def pair(asked: Any = MESSAGES, good: Any = GOOD, poor: Any = POOR, **more: Any) -> str:
    values = {"input": asked, "preferred_output": good, "non_preferred_output": poor, **more}
    return json.dumps({name: value for name, value in values.items() if value is not None})


PAIRS: Final[list[tuple[str, str, list[str]]]] = [
    ("a pair", pair(), []),
    ("a pair with tools", pair({**MESSAGES, "tools": [TOOL], "parallel_tool_calls": True}), []),
    ("instructions before", pair({"messages": [SYSTEM, ASK]}), []),
    ("a call as the better one", pair({**MESSAGES, "tools": [TOOL]}, [CALLING]), []),
    ("no input", pair(None), ["missing"]),
    ("an input in words", pair("Is it safe?"), ["no_object"]),
    ("an input without messages", pair({}), ["no_list"]),
    ("the last is an answer", pair({"messages": [ASK, SAY]}), ["last_user"]),
    ("no better answer", pair(good=None), ["missing"]),
    ("no worse answer", pair(poor=None), ["missing"]),
    ("an answer in words", pair(good="Yes."), ["one_answer"]),
    ("two answers", pair(good=GOOD * 2), ["one_answer"]),
    ("an answer of the user", pair(good=[ASK]), ["one_answer"]),
    ("the same answer twice", pair(poor=GOOD), ["same_answers"]),
    ("names of before", json.dumps({"input": MESSAGES, "preferred_completion": GOOD, "non_preferred_completion": POOR}), ["old_names"] * 2),
    ("an unknown field", pair(score=3), ["key"]),
    ("a picture", pair({"messages": [seen(PICTURE)]}), ["part"]),
    ("brackets in brackets", pair(good="@", poor="@").replace('"@"', "[" * 1_000 + "]" * 1_000), ["json"]),
    ("an example for answers", chat(ASK, SAY), ["key", "missing", "missing", "missing"]),
    ("two calls at once in words", pair({**MESSAGES, "parallel_tool_calls": "no"}), ["no_flag"]),
    ("an unknown field of the input", pair({**MESSAGES, "mood": "good"}), ["key"]),
    ("no answer in the list", pair(poor=[]), ["one_answer"]),
    ("an answer that is an object", pair(poor=POOR[0]), ["one_answer"]),
    ("an answer that says nothing", pair(poor=[{"role": "assistant", "content": None}]), ["no_content"]),
    ("an answer of a tool", pair(good=[{**REPLY}]), ["call_unknown", "one_answer"]),
    ("the last are the instructions", pair({"messages": [ASK, SYSTEM]}), ["last_user"]),
    ("several turns before", pair({"messages": [ASK, SAY, ASK]}), []),
    (
        "one new name and one of before",
        json.dumps({"input": MESSAGES, "preferred_output": GOOD, "non_preferred_completion": POOR}),
        ["old_names"],
    ),
    ("answers that differ by a space", pair(poor=[{"role": "assistant", "content": "Yes. "}]), []),
]

GRADED: Final[list[tuple[str, str, list[str]]]] = [
    ("a question", chat(ASK), []),
    ("a question with what the grader reads", chat(ASK, reference="220", points=3), []),
    ("an answer at the end", chat(ASK, SAY), ["last_not_user"]),
    ("no messages", json.dumps({"reference": "220"}), ["missing"]),
    ("a question with a list for the grader", chat(ASK, answers=["220", {"unit": "°C"}]), []),
    ("a question with instructions and a tool", chat(SYSTEM, ASK, tools=[TOOL]), []),
    ("a question with a picture", chat(seen({"type": "text", "text": "What is it?"}, PICTURE), reference="a bowl"), []),
    ("an empty question", chat({"role": "user", "content": ""}, reference="1"), ["no_content"]),
    ("messages in words", json.dumps({"messages": "2 + 2", "reference": "4"}), ["no_list"]),
    ("a role that is none", chat({"role": "person", "content": "2 + 2"}, ASK, reference="4"), ["role"]),
    ("a tool without a name", chat(ASK, tools=[{"type": "function", "function": {}}]), ["tool"]),
    ("two calls at once in words", chat(ASK, tools=[TOOL], parallel_tool_calls="no"), ["no_flag"]),
    ("a field that stands twice", chat(ASK, reference="1")[:-1] + ', "reference": "2"}', ["key_twice"]),
    ("a list", "[]", ["not_object"]),
]

ROWS: Final[list[tuple[str, str, list[str]]]] = [
    ("a row", json.dumps({"item": {"question": "2 + 2", "answer": "4"}}), []),
    ("a row with an answer", json.dumps({"item": {"question": "2 + 2"}, "sample": {"output_text": "4"}}), []),
    ("a row without fields", json.dumps({"item": {}}), []),
    ("a row with lists in it", json.dumps({"item": {"tags": ["a"], "more": {"points": 3}}}), []),
    ("no item", json.dumps({"question": "2 + 2"}), ["key", "missing"]),
    ("an item in words", json.dumps({"item": "2 + 2"}), ["no_object"]),
    ("an item that is a list", json.dumps({"item": [1]}), ["no_object"]),
    ("an item that is nothing", json.dumps({"item": None}), ["no_object"]),
    ("a sample in words", json.dumps({"item": {}, "sample": "4"}), ["no_object"]),
    ("an unknown field", json.dumps({"item": {}, "grade": 1}), ["key"]),
    ("a list", "[1]", ["not_object"]),
    ("half of a row", '{"item": {"question": "2 + 2"', ["json"]),
]


def request(number: Any = "row-1", url: Any = "/v1/chat/completions", method: Any = "POST", **body: Any) -> str:
    return json.dumps({"custom_id": number, "method": method, "url": url, "body": {"model": "m-1", **(body or {"messages": [ASK]})}})


REQUESTS: Final[list[tuple[str, str, list[str]]]] = [
    ("a chat", request(), []),
    ("a response", request(url="/v1/responses", input="Hello", instructions="Be brief."), []),
    ("a response of items", request(url="/v1/responses", input=[{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}]), []),
    ("numbers of a text", request(url="/v1/embeddings", input="Hello"), []),
    ("numbers of texts", request(url="/v1/embeddings", input=["Hello", "you"]), []),
    ("a completion", request(url="/v1/completions", prompt="Once"), []),
    (
        "a safety check without a model",
        json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/moderations", "body": {"input": "x"}}),
        [],
    ),
    ("a picture", request(url="/v1/images/generations", prompt="A bowl"), []),
    ("no id", request(None), ["id"]),
    ("an empty id", request(""), ["id"]),
    ("an id that is a number", request(7), ["id"]),
    ("GET", request(method="GET"), ["method"]),
    ("no method", request(method=None), ["method"]),
    ("an address without its beginning", request(url="/chat/completions"), ["url_version"]),
    ("an address that no batch takes", request(url="/v1/audio/speech", input="Hello"), ["url"]),
    ("no address", request(url=None), ["url"]),
    ("no body", json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/responses"}), ["no_object"]),
    ("no model", request(model="", messages=[ASK]), ["no_text"]),
    ("a stream", request(messages=[ASK], stream=True), ["stream"]),
    ("no messages", request(temperature=1), ["missing"]),
    ("a role that is none", request(messages=[{"role": "bot", "content": "x"}]), ["role"]),
    ("a question at the end is right here", request(messages=[SYSTEM, ASK]), []),
    ("no input", request(url="/v1/embeddings", dimensions=3), ["missing"]),
    ("an empty input", request(url="/v1/embeddings", input=""), ["no_text"]),
    ("an empty list of inputs", request(url="/v1/embeddings", input=[]), ["inputs"]),
    ("an input that is a number", request(url="/v1/embeddings", input=7), ["inputs"]),
    ("an empty wish for a picture", request(url="/v1/images/generations", prompt=""), ["no_text"]),
    ("a response without an input", request(url="/v1/responses", temperature=1), ["missing"]),
    ("an unknown field", json.dumps({**json.loads(request()), "priority": 1}), ["key"]),
    ("an empty question", request(messages=[{"role": "user", "content": ""}]), []),
    ("eleven pictures", request(messages=[seen(*[PICTURE] * 11)]), []),
    ("a GIF", request(messages=[seen(inline("image/gif"))]), []),
    ("a sound", request(messages=[seen({"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}})]), []),
    ("a call that nobody answers", request(messages=[ASK, CALLING], tools=[TOOL]), ["call_open"]),
    ("a call that is answered", request(messages=[ASK, CALLING, REPLY], tools=[TOOL]), []),
    ("a call with any text", request(messages=[ASK, NOTING, REPLY], tools=[CUSTOM]), []),
    (
        "a call with no text",
        request(messages=[ASK, {**NOTING, "tool_calls": [{**NOTE, "custom": {"name": "note"}}]}, REPLY], tools=[CUSTOM]),
        ["call"],
    ),
    ("a chat with tools of the service", request(messages=[ASK], tools=[{"type": "web_search"}]), []),
    ("two calls at once in words", request(messages=[ASK], tools=[TOOL], parallel_tool_calls="no"), ["no_flag"]),
    ("one tool more", request(messages=[ASK], tools=many_tools(129)), ["many_entries"]),
    ("a stream of nothing", request(messages=[ASK], stream=False), []),
    ("a method in small letters", request(method="post"), ["method"]),
    ("an address of a whole service", request(url="https://api.openai.com/v1/chat/completions"), ["url"]),
    ("an address with a slash too many", request(url="/v1/chat/completions/"), ["url_version"]),
    ("films, which nobody takes any more", request(url="/v1/videos", prompt="A bowl"), ["url"]),
    ("a body in words", json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": "Hello"}), ["no_object"]),
    (
        "a body that is a text of JSON",
        json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": "{}"}),
        ["no_object"],
    ),
    ("a model that is a number", request(model=7, messages=[ASK]), ["no_text"]),
    ("a response with an input of before", request(url="/v1/responses", previous_response_id="resp_1"), []),
    ("a response with a stored prompt", request(url="/v1/responses", prompt={"id": "pmpt_1"}), []),
    ("a response that goes on with a conversation", request(url="/v1/responses", conversation="conv_1"), []),
    ("a response with an input that is a number", request(url="/v1/responses", input=7), ["inputs"]),
    ("a response with items that are texts", request(url="/v1/responses", input=["Hello"]), ["inputs"]),
    ("a response as a stream", request(url="/v1/responses", input="Hello", stream=True), ["stream"]),
    ("a response without a model", request(url="/v1/responses", model=None, input="Hello"), ["no_text"]),
    ("numbers of numbers", request(url="/v1/embeddings", input=[1, 2, 3]), []),
    ("numbers of lists of numbers", request(url="/v1/embeddings", input=[[1, 2], [3]]), []),
    ("numbers of a text and a number", request(url="/v1/embeddings", input=["Hello", 7]), ["inputs"]),
    ("numbers of yes and no", request(url="/v1/embeddings", input=[True]), ["inputs"]),
    ("numbers of an empty list in a list", request(url="/v1/embeddings", input=[[]]), ["inputs"]),
    ("numbers of an object", request(url="/v1/embeddings", input={"text": "Hello"}), ["inputs"]),
    ("numbers of an empty text among others", request(url="/v1/embeddings", input=["Hello", ""]), ["no_text"]),
    ("numbers of as many texts as are taken", request(url="/v1/embeddings", input=["a"] * 2_048), []),
    ("numbers of one text more", request(url="/v1/embeddings", input=["a"] * 2_049), ["many_entries"]),
    ("a safety check of texts", request(url="/v1/moderations", input=["a", "b"]), []),
    ("a safety check of a text and a picture", request(url="/v1/moderations", input=[{"type": "text", "text": "a"}, PICTURE]), []),
    ("a safety check of an empty text", request(url="/v1/moderations", input=""), ["no_text"]),
    ("a safety check of nothing", request(url="/v1/moderations", temperature=1), ["missing"]),
    ("a safety check of a sound", request(url="/v1/moderations", input=[{"type": "input_audio"}]), ["inputs"]),
    ("a safety check of a picture without an address", request(url="/v1/moderations", input=[{"type": "image_url"}]), ["inputs"]),
    ("a safety check of numbers", request(url="/v1/moderations", input=[1, 2]), ["inputs"]),
    ("completions of texts", request(url="/v1/completions", prompt=["Once", "Twice"]), []),
    ("a completion of numbers", request(url="/v1/completions", prompt=[1, 2]), []),
    ("a completion of nothing", request(url="/v1/completions", prompt=[]), ["no_text"]),
    ("a completion without a prompt", request(url="/v1/completions", max_tokens=5), ["missing"]),
    ("a picture without a wish", request(url="/v1/images/generations", size="auto"), ["missing"]),
    ("a picture of two wishes", request(url="/v1/images/generations", prompt=["A bowl", "A cup"]), ["no_text"]),
    ("a wish as long as is taken", request(url="/v1/images/generations", prompt="a" * 32_000), []),
    ("a wish that is too long", request(url="/v1/images/generations", prompt="a" * 32_001), ["long_text"]),
    ("an edit of a file", request(url="/v1/images/edits", prompt="Bluer", images=[{"file_id": "file-1"}]), []),
    ("an edit of an address", request(url="/v1/images/edits", prompt="Bluer", images=[{"image_url": "https://example.org/a.png"}]), []),
    ("an edit without pictures", request(url="/v1/images/edits", prompt="Bluer"), ["missing"]),
    ("an edit of no picture", request(url="/v1/images/edits", prompt="Bluer", images=[]), ["no_list"]),
    ("an edit of a picture that is nowhere", request(url="/v1/images/edits", prompt="Bluer", images=[{}]), ["picture"]),
    ("an edit of 17 pictures", request(url="/v1/images/edits", prompt="Bluer", images=[{"file_id": "file-1"}] * 17), ["many_entries"]),
    ("an edit without a wish", request(url="/v1/images/edits", images=[{"file_id": "file-1"}]), ["missing"]),
    ("an id with a space at its end is another one", request("row-1 "), []),
    ("a list", "[]", ["not_object"]),
    ("half of a request", request()[:-9], ["json"]),
]
