"""One turn of a conversation: from the checked request to the pieces of the answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from engines.chat import grammars
from engines.chat.choosing import likely_tools
from engines.chat.messages import last_user_text, render
from engines.chat.process import SLOTS
from engines.chat.request import ChatRequest
from engines.chat.tokens import Counts, Piece, TokenSource
from engines.chat.tools import Tool, select_candidates
from engines.errors import engine_failed, invalid

CALL_INSTRUCTIONS = "You call functions. Fill in the arguments from what the user says.\n"


@dataclass(frozen=True, slots=True)
class Turn:
    """What the engine is asked. `tool` is the function whose arguments are written, `spent` what choosing it cost."""

    body: dict[str, Any]
    choices: int
    tool: Tool | None = None
    spent: Counts = field(default_factory=Counts)


async def plan_turn(source: TokenSource, ask: ChatRequest) -> Turn:
    """Decides between words and a call; the model chooses where several functions fit."""
    has_result = ask.messages[-1]["role"] == "tool"
    candidates = select_candidates(ask.tool_use, last_user_text(ask.messages), has_result, likely_tools)
    if not candidates:
        await check_grammar(source, ask.format.grammar, ask.format.param)
        body = {**ask.sampling, "messages": render(ask.messages, ask.format.instructions)}
        return Turn(add_options(body, ask.format.grammar, ask.top_logprobs), ask.choices)
    tool, spent = await choose_tool(source, ask, candidates)
    await check_grammar(source, tool.grammar, tool.param)
    body = {**ask.sampling, "messages": render(ask.messages, CALL_INSTRUCTIONS + tool.as_prompt())}
    body.pop("stop", None)
    return Turn(add_options(body, tool.grammar, None), ask.choices, tool, spent)


async def check_grammar(source: TokenSource, grammar: str | None, param: str | None) -> None:
    if grammar is not None and not await source.can_follow(grammar):
        raise invalid("The schema cannot be used: the engine does not understand it.", param, "invalid_schema")


def add_options(body: dict[str, Any], grammar: str | None, top_logprobs: int | None) -> dict[str, Any]:
    if grammar is not None:
        body["grammar"] = grammar
    if top_logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": max(1, top_logprobs)}
    return body


async def choose_tool(source: TokenSource, ask: ChatRequest, tools: tuple[Tool, ...]) -> tuple[Tool, Counts]:
    if len(tools) == 1:
        return tools[0], Counts()
    listed = "\n".join(f"{tool.name}: {tool.description}" for tool in tools)
    instructions = f"Answer only with the name of the function that helps best.\n{listed}"
    body = {
        "messages": render(ask.messages, instructions),
        "grammar": grammars.choose_word([tool.name for tool in tools]),
        "temperature": 0,
        "max_tokens": 64,
    }
    name, spent = await source.ask(body)
    chosen = next((tool for tool in tools if tool.name == name), None)
    if chosen is None:
        raise engine_failed("The model named no function.")
    return chosen, Counts(completion=spent.completion)


async def write_answer(source: TokenSource, turn: Turn) -> AsyncGenerator[Piece, None]:
    """The pieces of all choices, then one piece with the counts. The engine writes as many choices at once as it has slots."""
    counts = Counts()
    for first in range(0, turn.choices, SLOTS):
        async with aclosing(source.stream(build_part(turn, first))) as pieces:
            async for piece in pieces:
                if piece.counts is not None:
                    counts += piece.counts
                    continue
                yield replace(piece, index=piece.index + first)
    yield Piece(counts=counts + turn.spent)


def build_part(turn: Turn, first: int) -> dict[str, Any]:
    body = {**turn.body, "n": min(SLOTS, turn.choices - first)}
    if "seed" in body:
        body["seed"] = (body["seed"] + first) % (2**32 - 1)
    return body
