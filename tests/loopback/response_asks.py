"""What was asked of `/v1/responses`: its input told as the messages of a chat, so that models, markers and options mean the same."""

from collections.abc import Mapping
from typing import Any

from tests.loopback.asking import Ask


def ask_of(body: Mapping[str, Any], key: str, earlier: int) -> Ask:
    told = {**body, "messages": messages_of(body.get("input"), body.get("instructions"))}
    if isinstance(body.get("max_output_tokens"), int):
        told["max_completion_tokens"] = body["max_output_tokens"]
    return Ask.read(told, key, earlier)


def messages_of(given: Any, instructions: Any = None) -> list[dict[str, Any]]:
    messages = [{"role": "system", "content": instructions}] if instructions else []
    if isinstance(given, str):
        return [*messages, {"role": "user", "content": given}]
    for item in given if isinstance(given, list) else []:
        if not isinstance(item, dict):
            continue
        if item.get("type") == "function_call_output":
            messages.append({"role": "tool", "content": item.get("output")})
        elif "role" in item:
            messages.append({"role": item["role"], "content": item.get("content")})
    return messages


def fault_in(body: Any) -> tuple[str, str] | None:
    """(message, parameter) of what the API refuses; None where there is nothing to refuse."""
    if not isinstance(body, dict):
        return "We could not parse the JSON body of your request.", ""
    if not isinstance(body.get("input"), (str, list)) or not body["input"]:
        return "Missing required parameter: 'input'.", "input"
    if body.get("background") and body.get("store") is False:
        return "Background mode requires 'store' to be true.", "background"
    limit = body.get("max_output_tokens")
    if isinstance(limit, int) and limit < 16:
        return "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.", "max_output_tokens"
    for name in ("messages", "stop", "seed", "n", "presence_penalty", "frequency_penalty", "reasoning_effort", "verbosity"):
        if name in body:
            return f"Unknown parameter: '{name}'.", name
    return None
