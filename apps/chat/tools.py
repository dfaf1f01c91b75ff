"""Functions that a model may ask for: what is sent of them, the calls in an answer, and the messages that a reply becomes.

Which of them a conversation uses is kept in its settings: {"tools": {"functions": [ids], "choice": …, "parallel": bool}}.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Team
from apps.chat.deltas import BROKEN, text_of
from apps.chat.models import Function
from apps.providers.chosen import Saved
from apps.providers.facts import Facts
from apps.runs.storable import clean

MOST_FUNCTIONS: Final = 16  # of a team
MOST_CALLS: Final = 32  # of one answer that are shown and answered
LONGEST_ARGUMENTS: Final = 100_000  # characters that are kept of one call
SHOWN: Final = 300  # characters of one value in the sentence about a call
CHOICES: Final = (
    ("auto", gettext_lazy("The model decides")),
    ("required", gettext_lazy("It must use one")),
    ("none", gettext_lazy("It may use none")),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call in an answer. `id` is the provider's, or ours where it gave none or one twice."""

    position: int
    id: str
    name: str
    arguments: str

    @property
    def values(self) -> dict[str, Any] | None:
        """The arguments, read; None where they are no object."""
        try:
            found = json.loads(self.arguments or "{}")
        except (ValueError, RecursionError):
            return None
        return clean(found) if isinstance(found, dict) else None

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """Each input and its value, as they are shown."""
        values = self.values
        return [] if values is None else [(str(name)[:80], _shown(value)) for name, value in list(values.items())[:40]]

    def as_json(self) -> dict[str, Any]:
        return {"position": self.position, "id": self.id, "name": self.name, "arguments": self.arguments}

    def as_sent(self) -> dict[str, Any]:
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}

    @classmethod
    def read(cls, told: Any) -> "Call | None":
        """From what a turn keeps of it."""
        if not isinstance(told, Mapping) or "name" not in told:
            return None
        return cls(int(told.get("position", 0)), str(told.get("id", "")), str(told["name"]), str(told.get("arguments", "")))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def calls_of(told: Any) -> list[Call]:
    """The calls of an answer, from `tool_calls` as they are kept. Nothing in it is believed."""
    entries = [entry for entry in told if isinstance(entry, Mapping)][:MOST_CALLS] if isinstance(told, list) else []
    ids = [text_of(entry.get("id"))[:200] for entry in entries]
    return [
        Call(number, each if each and ids.count(each) == 1 else f"call_{number + 1}", *_body_of(entry))
        for number, (entry, each) in enumerate(zip(entries, ids, strict=True))
    ]


def _body_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    body = entry.get("function") or entry.get("custom")
    body = body if isinstance(body, Mapping) else {}
    given = body.get("arguments", body.get("input", ""))
    arguments = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return text_of(body.get("name"))[:200], BROKEN.sub("\ufffd", arguments)[:LONGEST_ARGUMENTS]


# --- What is sent -------------------------------------------------------------------------------
def chosen_ids(saved: Saved) -> list[str]:
    tools = saved.get("tools")
    ids = tools.get("functions") if isinstance(tools, Mapping) else None
    return [str(each) for each in ids][:MOST_FUNCTIONS] if isinstance(ids, list) else []


def chosen(team: Team, saved: Saved) -> list[Function]:
    """The functions that are switched on and still there."""
    ids = [each for each in map(_as_uuid, chosen_ids(saved)) if each]
    return list(team.functions.filter(pk__in=ids)) if ids else []


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def params_of(functions: Sequence[Function], saved: Saved, facts: Facts) -> dict[str, Any]:
    """The parameters of the API for these functions. What is as usual is not sent.

    A server whose choices are words alone cannot be told a name: it gets that one function, and must use one.
    """
    if not functions or facts.parameters.get("tools", {}).get("off"):
        return {}
    tools = saved.get("tools") or {}
    choice = "" if facts.parameters.get("tool_choice", {}).get("off") else forced(functions, str(tools.get("choice", "")))
    if isinstance(choice, dict) and facts.values_of("tool_choice"):
        functions = [function for function in functions if function.name == choice["function"]["name"]]
        choice = "required"
    params: dict[str, Any] = {"tools": [as_tool(function) for function in functions]}
    if choice:
        params["tool_choice"] = choice
    if tools.get("parallel") is False:
        params["parallel_tool_calls"] = False
    return params


def forced(functions: Sequence[Function], choice: str) -> Any:
    """The value of `tool_choice`; empty where the model decides."""
    if choice in {"required", "none"}:
        return choice
    name = next((function.name for function in functions if str(function.pk) == choice), "")
    return {"type": "function", "function": {"name": name}} if name else ""


def as_tool(function: Function) -> dict[str, Any]:
    told = {"name": function.name, "parameters": function.parameters}
    if function.description:
        told["description"] = function.description
    return {"type": "function", "function": told}


def without_force(params: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """After a function's reply the model is free: forced again it would ask for ever."""
    is_reply = bool(messages) and messages[-1].get("role") == "tool"
    return {name: value for name, value in params.items() if not (is_reply and name == "tool_choice" and value != "none")}


# --- What is said -------------------------------------------------------------------------------
def messages_with(answer: str, replies: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    """An answer with its calls, and their replies behind it. `replies` are pairs of what a turn keeps of the call, and its text."""
    found = [(call, text) for told, text in replies if (call := Call.read(told)) is not None]
    if not found:
        return [{"role": "assistant", "content": answer}] if answer else []
    first = {"role": "assistant", "content": answer or None, "tool_calls": [call.as_sent() for call, _text in found]}
    return [first, *({"role": "tool", "tool_call_id": call.id, "content": text} for call, text in found)]


def choice_words(functions: Sequence[Function]) -> list[tuple[str, Any]]:
    """All that may be chosen, with words."""
    only = [(str(function.pk), _("It must use %(name)s") % {"name": function.name}) for function in functions]
    return [*CHOICES, *only]
