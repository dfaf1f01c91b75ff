"""`tools` and `tool_choice`: which functions may be called, and which must.

llama.cpp ignores `tool_choice` for these models, so calls are made by us: first the name, then the
arguments under the function's own schema. Every call is therefore well-formed; whether it is wise is
up to the model, and this one is weak.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engines.chat import grammars
from engines.chat.schemas import prepare_schema
from engines.errors import invalid
from engines.fields import Fields

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_TOOLS = 128
NO_ARGUMENTS: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    parameters: dict[str, Any]
    grammar: str
    param: str

    def as_prompt(self) -> str:
        return json.dumps({"name": self.name, "description": self.description, "parameters": self.parameters}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The functions that may be called, and whether one must be."""

    tools: tuple[Tool, ...] = ()
    required: bool = False


def read_tools(body: Fields) -> ToolUse:
    body.flag("parallel_tool_calls")
    values = body.array("tools", MAX_TOOLS)
    tools = [read_tool(Fields(value, f"tools[{i}]")) for i, value in enumerate(values or [])]
    by_name = {tool.name: tool for tool in tools}
    if len(by_name) < len(tools):
        raise invalid("Two tools have the same name.", "tools")
    if not body.has("tool_choice"):
        return ToolUse(tuple(tools))
    if not tools:
        raise invalid("'tool_choice' needs 'tools'.", "tool_choice")
    return read_choice(body, by_name)


def read_tool(fields: Fields) -> Tool:
    refuse_custom(fields)
    fields.one_of("type", ("function",))
    function = fields.required_object("function")
    name = function.required_text("name")
    if not NAME.fullmatch(name):
        raise invalid("The name may have up to 64 letters, digits, '_' and '-'.", function.name_of("name"))
    parameters = function.object("parameters")
    schema = parameters.values if parameters and parameters.values else NO_ARGUMENTS
    param = function.name_of("parameters")
    grammar = grammars.follow_schema(prepare_schema(schema, param, function.flag("strict")))
    return Tool(name, function.text("description") or "", schema, grammar, param)


def refuse_custom(fields: Fields) -> None:
    if fields.get("type") == "custom":
        raise invalid("This model calls functions only, no custom tools.", fields.name_of("type"), "unsupported_value")


def read_choice(body: Fields, tools: dict[str, Tool]) -> ToolUse:
    every = tuple(tools.values())
    modes = {"none": ToolUse(), "auto": ToolUse(every), "required": ToolUse(every, True)}
    if isinstance(body.get("tool_choice"), str):
        return modes[body.one_of("tool_choice", modes)]
    choice = body.required_object("tool_choice")
    refuse_custom(choice)
    if choice.one_of("type", ("function", "allowed_tools")) == "function":
        return ToolUse((find_tool(choice, tools),), True)
    allowed = choice.required_object("allowed_tools")
    required = allowed.one_of("mode", ("auto", "required")) == "required"
    named = [Fields(value, f"{allowed.name_of('tools')}[{i}]") for i, value in enumerate(allowed.full_array("tools", MAX_TOOLS))]
    return ToolUse(tuple(find_tool(each, tools) for each in named), required)


def find_tool(choice: Fields, tools: dict[str, Tool]) -> Tool:
    function = choice.required_object("function")
    name = function.required_text("name")
    if name not in tools:
        raise invalid(f"'tools' has no function '{name}'.", function.name_of("name"))
    return tools[name]


def select_candidates(
    use: ToolUse, asked: str, has_result: bool, likely: Callable[[str, tuple[Tool, ...]], tuple[Tool, ...]]
) -> tuple[Tool, ...]:
    """The functions the model may choose from now; none means: answer in words.

    With "auto", a result that has just come in is answered in words: a weak model would call again for ever.
    """
    if not use.tools or (has_result and not use.required):
        return ()
    fitting = likely(asked, use.tools)
    return fitting or (use.tools if use.required else ())
