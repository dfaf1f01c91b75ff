"""One line of JSON as a person reads it: who says what, what is asked, what came. Lines are strangers' and may have any shape."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rows import clean

CLIPPED: Final = 1_200  # letters of one text, until somebody wants all
MOST: Final = 200_000  # then
MOST_SAID: Final = 40
MOST_SAID_IN_ALL: Final = 500
INSTRUCTIONS: Final = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Said:
    """`who`: in words. `is_code`: no sentence of a person. `more`: letters that are left out."""

    who: str
    text: str
    is_code: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """`left_out`: how many are not shown."""

    said: list[Said]
    left_out: int = 0

    @property
    def is_clipped(self) -> bool:
        return bool(self.left_out) or any(each.more for each in self.said)


def told_of(value: Any, *, shows_all: bool = False) -> Told:
    """`value`: what the line says, as JSON."""
    said = [_clean(each) for each in _said(value) if each.text.strip()] or [_clean(_code(_("Line"), value))]
    most = MOST_SAID_IN_ALL if shows_all else MOST_SAID
    return Told([clipped(each, MOST if shows_all else CLIPPED) for each in said[:most]], max(0, len(said) - most))


def _clean(said: Said) -> Said:
    """JSON may hold halves of letters, which no page can."""
    return replace(said, who=clean(said.who), text=clean(said.text))


def clipped(said: Said, most: int) -> Said:
    return replace(said, text=said.text[:most].rstrip() + "…", more=len(said.text) - most) if len(said.text) > most else said


def _said(value: Any) -> Iterator[Said]:
    if not isinstance(value, Mapping):
        return
    if "custom_id" in value and ("body" in value or "url" in value):
        yield from _request(value)
    elif "custom_id" in value and ("response" in value or "error" in value):
        yield from _outcome(value)
    elif "preferred_output" in value or "non_preferred_output" in value:
        yield from _pair(value)
    elif isinstance(value.get("messages"), list):
        yield from _conversation(value, is_wanted=True)
        yield from _rest(value, ("messages", "tools", "functions", "parallel_tool_calls"))
    elif isinstance(value.get("item"), Mapping) and value.keys() <= {"item", "sample"}:
        yield from (Said(str(name)[:40], _text(each)) for name, each in value["item"].items())
        yield from _rest(value, ("item",))
    elif "prompt" in value and "completion" in value:
        yield Said(_("Person"), _text(value["prompt"]))
        yield Said(_("Wanted answer"), _text(value["completion"]))


# --- Messages ------------------------------------------------------------------------------------
def _conversation(value: Mapping[str, Any], *, is_wanted: bool) -> Iterator[Said]:
    """`is_wanted`: the last answer is what the model is to learn."""
    yield from _tools(value.get("tools") or value.get("functions"))
    messages = value.get("messages")
    messages = messages if isinstance(messages, list) else []
    last = max((at for at, message in enumerate(messages) if _role(message) == "assistant"), default=-1)
    for at, message in enumerate(messages):
        yield from _message(message, _who(message, is_wanted=is_wanted and at == last))


def _role(message: Any) -> str:
    return str(message.get("role", "")) if isinstance(message, Mapping) else ""


def _who(message: Any, *, is_wanted: bool) -> str:
    role = _role(message)
    if role in INSTRUCTIONS:
        return _("Instructions")
    if role == "user":
        return _("Person")
    if role in ("tool", "function"):
        return _("Answer of the tool")
    if role != "assistant":
        return role[:40] or _("Nobody is named")
    if isinstance(message, Mapping) and message.get("weight") == 0:
        return _("Answer, not to be learned")
    return _("Wanted answer") if is_wanted else _("Answer")


def _message(message: Any, who: str) -> Iterator[Said]:
    if not isinstance(message, Mapping):
        yield _code(who, message)
        return
    yield Said(who, _text(message.get("content")))
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        yield Said(who, _call(call.get("function") if isinstance(call, Mapping) else call))
    if "function_call" in message:
        yield Said(who, _call(message["function_call"]))


def _call(called: Any) -> str:
    """`Calls check_stock with item: bowl, size: 2`."""
    if not isinstance(called, Mapping):
        return _json(called)
    name, given = str(called.get("name", "")), called.get("arguments")
    try:
        given = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return _("Calls %(name)s with %(given)s") % {"name": name, "given": given}
    if isinstance(given, Mapping) and given:
        listed = ", ".join(f"{key}: {_text(each)}" for key, each in given.items())
        return _("Calls %(name)s with %(given)s") % {"name": name, "given": listed}
    return _("Calls %(name)s") % {"name": name}


def _tools(tools: Any) -> Iterator[Said]:
    if isinstance(tools, list) and tools:
        names = [str((tool.get("function") or tool).get("name", "")) for tool in tools if isinstance(tool, Mapping) and _has_name(tool)]
        yield Said(ngettext("Tool", "Tools", len(tools)), ", ".join(names))


def _has_name(tool: Mapping[str, Any]) -> bool:
    return isinstance(tool.get("function") or tool, Mapping)


def _text(content: Any) -> str:
    """A text, or the parts of one: pictures, sound and files by a word."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, Sequence) and content and all(isinstance(part, Mapping) for part in content):
        return "\n".join(filter(None, (_part(part) for part in content)))
    return _json(content)


def _part(part: Mapping[str, Any]) -> str:
    kind = str(part.get("type", ""))
    for name in ("text", "refusal"):
        if isinstance(part.get(name), str):
            return str(part[name])
    if "image" in kind:
        return _("(a picture)")
    if "audio" in kind:
        return _("(sound)")
    return _("(a file)") if "file" in kind else _json(part)


# --- Other lines ---------------------------------------------------------------------------------
def _pair(value: Mapping[str, Any]) -> Iterator[Said]:
    asked = value.get("input")
    if isinstance(asked, Mapping):
        yield from _conversation(asked, is_wanted=False)
    for name, who in (("preferred_output", _("Preferred answer")), ("non_preferred_output", _("Other answer"))):
        answers = value.get(name)
        for message in answers if isinstance(answers, list) else [answers]:
            yield from _message(message, who)


def _request(value: Mapping[str, Any]) -> Iterator[Said]:
    body = value.get("body")
    body = body if isinstance(body, Mapping) else {}
    where = " ".join(str(value[name]) for name in ("method", "url") if name in value)
    yield Said(_("Request"), f"{value['custom_id']}\n{where}")
    yield Said(_("Model"), str(body.get("model", "")))
    yield from _conversation(body, is_wanted=False)
    for name in ("instructions", "input", "prompt"):
        if name in body:
            yield from _asked(_("Instructions") if name == "instructions" else _("Person"), body[name])
    yield from _rest(body, ("model", "messages", "tools", "functions", "instructions", "input", "prompt"))


def _asked(who: str, given: Any) -> Iterator[Said]:
    if isinstance(given, list) and any(_role(each) for each in given):
        yield from _conversation({"messages": given}, is_wanted=False)
    elif isinstance(given, list) and all(isinstance(each, str) for each in given):
        yield from (Said(who, each) for each in given)
    else:
        yield Said(who, _text(given))


def _outcome(value: Mapping[str, Any]) -> Iterator[Said]:
    yield Said(_("Request"), str(value["custom_id"]))
    response, error = value.get("response"), value.get("error")
    body = response.get("body") if isinstance(response, Mapping) else None
    body = body if isinstance(body, Mapping) else {}
    error = error or body.get("error")
    if error:
        yield Said(_("Error"), str(error.get("message") or _json(error)) if isinstance(error, Mapping) else _json(error))
        return
    answers = [*_answers(body)]
    yield from answers
    if not answers:
        yield _code(_("Answer"), body)


def _answers(body: Mapping[str, Any]) -> Iterator[Said]:
    choices, output = body.get("choices"), body.get("output")
    for choice in choices if isinstance(choices, list) else []:
        if isinstance(choice, Mapping):
            yield from _message(choice.get("message") or {"content": choice.get("text")}, _("Answer"))
    for item in output if isinstance(output, list) else []:
        if isinstance(item, Mapping) and item.get("type") == "message":
            yield Said(_("Answer"), _text(item.get("content")))


def _rest(value: Mapping[str, Any], known: Sequence[str]) -> Iterator[Said]:
    rest = {name: each for name, each in value.items() if name not in known}
    if rest:
        yield _code(_("Also in it"), rest)


def _code(who: str, value: Any) -> Said:
    return Said(who, _json(value), is_code=True)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return _("(nested too deep to be shown)")
