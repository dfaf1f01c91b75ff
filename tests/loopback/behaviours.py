"""What each model does. The table that explains them is in the package's docstring."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from tests.loopback import shapes
from tests.loopback.asking import Ask
from tests.loopback.chat_pictures import CHAT_PICTURES, answer_with_pictures
from tests.loopback.chat_tools import CHAT_FORMS, CHAT_TOOLS, answer_in_form, answer_oddly, answer_with_tools
from tests.loopback.frames import completion, error, frame, usage
from tests.loopback.telling import finish_reason, tell, tell_endlessly, tell_half, tell_rest, told
from tests.loopback.wire import Exchange

Behaviour = Callable[[Exchange, Ask], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}
PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>proxy</body></html>"
JSON, HTML = "application/json", "text/html; charset=utf-8"


def behaviour(*names: str) -> Callable[[Behaviour], Behaviour]:
    def register(function: Behaviour) -> Behaviour:
        BEHAVIOURS.update(dict.fromkeys(names, function))
        return function

    return register


@behaviour("steady", "loop", "prose", "markdown", "rtl", "hostile", "thinking", "think-tags", "length", "filtered", "empty", "no-usage")
async def answer_well(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask)


@behaviour("big-delta", "tiny-deltas")
async def answer_at_once(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, default_rate=0)


@behaviour("slow-first")
async def answer_late(exchange: Exchange, ask: Ask) -> None:
    await asyncio.sleep(ask.option("delay", 10_000) / 1000)
    await tell(exchange, ask)


@behaviour("refuses-temperature", "refuses-modalities")
async def refuse_parameter(exchange: Exchange, ask: Ask) -> None:
    name = ask.name.removeprefix("refuses-")
    if name not in ask.body:
        await tell(exchange, ask)
        return
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    exchange.whole(400, error(message, code="unsupported_parameter", param=name))


@behaviour("refuses-xhigh")
async def refuse_one_effort(exchange: Exchange, ask: Ask) -> None:
    if ask.body.get("reasoning_effort") != "xhigh":
        await tell(exchange, ask)
        return
    message = "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model."
    exchange.whole(400, error(message, code="unsupported_value", param="reasoning_effort"))


def turn_away(exchange: Exchange, ask: Ask, status: int) -> None:
    kind, code = ("requests", "rate_limit_exceeded") if status == 429 else ("server_error", "server_is_overloaded")
    headers = {"retry-after": str(ask.option("wait", 1))}
    exchange.whole(status, error("Too many requests. Please try again later.", kind, code), headers=headers)


@behaviour("429-then-ok", "503-then-ok")
async def turn_away_first(exchange: Exchange, ask: Ask) -> None:
    if ask.earlier < ask.option("times", 1):
        turn_away(exchange, ask, int(ask.name[:3]))
    else:
        await tell(exchange, ask)


@behaviour("429-storm", "503-storm")
async def turn_away_always(exchange: Exchange, ask: Ask) -> None:
    turn_away(exchange, ask, int(ask.name[:3]))


REFUSALS = {
    "401": (401, error("Incorrect API key provided.", code="invalid_api_key")),
    "403": (403, error("Your project may not use this model.", code="model_access_denied")),
    "404": (404, error("The model does not exist.", code="model_not_found", param="model")),
    "500": (500, error("The server had an error while processing your request.", "server_error")),
    "quota": (429, error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota")),
    "too-long": (
        400,
        error("Maximum context length is 8192 tokens, your messages have 9041 tokens.", code="context_length_exceeded", param="messages"),
    ),
    "policy": (400, error("Your request was rejected by our safety system.", code="content_policy_violation")),
}


@behaviour(*REFUSALS)
async def refuse(exchange: Exchange, ask: Ask) -> None:
    exchange.whole(*REFUSALS[ask.name])


@behaviour("leaks-key")
async def repeat_key(exchange: Exchange, ask: Ask) -> None:
    exchange.whole(401, error(f"Incorrect API key provided: {ask.key}.", code="invalid_api_key"))


@behaviour("html-502", "html-200")
async def answer_page(exchange: Exchange, ask: Ask) -> None:
    exchange.whole(int(ask.name[-3:]), PAGE, HTML)


@behaviour("redirect")
async def send_elsewhere(exchange: Exchange, ask: Ask) -> None:
    exchange.whole(307, b"", HTML, {"location": "/v1/elsewhere"})


@behaviour("reset-before")
async def reset_before(exchange: Exchange, ask: Ask) -> None:
    exchange.reset()


@behaviour("close-before")
async def close_before(exchange: Exchange, ask: Ask) -> None:
    exchange.close()


@behaviour("reset-middle")
async def reset_middle(exchange: Exchange, ask: Ask) -> None:
    await tell_half(exchange, ask)
    await asyncio.sleep(0.05)  # a reset throws away what the client has not read
    exchange.reset()


@behaviour("breaks-once")
async def break_once(exchange: Exchange, ask: Ask) -> None:
    if ask.said:
        await tell_rest(exchange, ask)
    else:
        await reset_middle(exchange, ask)


@behaviour("half-chunk")
async def close_inside_chunk(exchange: Exchange, ask: Ask) -> None:
    await tell_half(exchange, ask)
    exchange.raw(b'ff\r\ndata: {"id": "chatcmpl-loop", "cho' if ask.streams else b"")
    exchange.close()


@behaviour("stall")
async def fall_silent(exchange: Exchange, ask: Ask) -> None:
    await tell_half(exchange, ask)
    await asyncio.Event().wait()


@behaviour("endless")
async def never_end(exchange: Exchange, ask: Ask) -> None:
    await tell_endlessly(exchange, ask)


@behaviour("no-done")
async def finish_without_done(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, done=False)


@behaviour("no-finish")
async def stop_without_finish(exchange: Exchange, ask: Ask) -> None:
    await tell_half(exchange, ask)
    exchange.end() if ask.streams else exchange.close()


@behaviour("error-in-stream")
async def fail_inside_stream(exchange: Exchange, ask: Ask) -> None:
    if not ask.streams:
        exchange.whole(*REFUSALS["500"])
        return
    await tell_half(exchange, ask)
    exchange.write(frame(json.loads(error("The model ran out of memory.", "server_error", "model_failed"))) + b"data: [DONE]\n\n")
    exchange.end()


@behaviour("broken-utf8")
async def answer_broken_letters(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.with_broken_utf8)


@behaviour("split-utf8")
async def answer_split_letters(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.with_split_letters)


@behaviour("crlf")
async def answer_crlf(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.with_crlf)


@behaviour("no-space")
async def answer_without_space(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.without_space)


@behaviour("comments")
async def answer_with_comments(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.with_comments)


@behaviour("drip")
async def answer_byte_by_byte(exchange: Exchange, ask: Ask) -> None:
    await tell(exchange, ask, shapes.byte_by_byte, default_rate=1)


@behaviour("whole")
async def answer_without_stream(exchange: Exchange, ask: Ask) -> None:
    exchange.whole(200, completion(ask, "".join(told(ask)), finish_reason(ask), used=usage(ask, len(told(ask)))))


behaviour(*CHAT_TOOLS)(answer_with_tools)
behaviour(*CHAT_FORMS[:3])(answer_in_form)
behaviour(*CHAT_FORMS[3:])(answer_oddly)
behaviour(*CHAT_PICTURES)(answer_with_pictures)
