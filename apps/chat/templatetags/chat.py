"""Answers of a chat in templates: `{% load chat %}`."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.chat import acts, answer_parts, filling, likelihoods, replying
from apps.chat.answer_forms import Formed
from apps.chat.answer_parts import parts_of
from apps.chat.replying import OpenCall
from apps.chat.texts import turn_of
from apps.chat.tools import Call
from apps.chat.variables import cut
from apps.runs.models import Run

register = template.Library()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer asks functions for. `is_open`: nobody went on from it yet."""

    calls: list[OpenCall]
    is_open: bool


@register.filter
def marked(text: str) -> SafeString:
    """A text with its variables marked."""
    return format_html_join(
        "", "{}{}", ((before, format_html('<span class="var">{}</span>', name) if name else "") for before, name in cut(text))
    )


@register.filter
def act(run: Run, name: str) -> str:
    """The address of what can be done with an answer (`acts.address`)."""
    return acts.address(name, run)


@register.filter
def asks(run: Run) -> bool:
    """Whether the answer asks for functions. Known from the row, without what was received."""
    return run.finish_reason in {"tool_calls", "function_call"} and run.parent_kind == "chat"


@register.simple_tag
def asked_of(run: Run) -> Asked:
    answer = turn_of(run)
    waiting = replying.open_calls(answer, run) if answer else []
    return Asked(waiting or [OpenCall(call) for call in replying.calls_in(run)], bool(waiting))


@register.filter(name="formed")
def formed_filter(run: Run) -> Formed | None:
    return answer_parts.form_of(run)


@register.filter
def likely_pieces(run: Run) -> list[likelihoods.Piece]:
    return likelihoods.pieces_of(parts_of(run).likelihoods)


@register.simple_tag
def likely_steps() -> Any:
    return likelihoods.WORDS


@register.filter
def call_of(told: Any) -> Call | None:
    """The call that a reply answers."""
    return Call.read(told)


@register.filter
def host(address: str) -> str:
    return filling.host_of(address)
