"""Examples to learn from: answers (supervised), pairs of answers (preference, DPO), questions for a grader (reinforcement).

Sources: OpenAI's specification (FineTuneChatRequestInput, FineTunePreferenceRequestInput, FineTuneReinforcementRequestInput) and its
guides to supervised and to preference fine-tuning.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonl import talks
from jsonl.messages import judge_message, judge_messages, last_role
from jsonl.talks import Talk
from jsonl.tools import judge_parallel, judge_tools
from jsonl.values import Found, Told, unknown_keys

LEAST_EXAMPLES: Final = 10
MOST_IMAGE_EXAMPLES: Final = 50_000
CHAT: Final = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
PAIR: Final = frozenset({"input", "preferred_output", "non_preferred_output"})
INPUT: Final = frozenset({"messages", "tools", "parallel_tool_calls"})
BEFORE: Final = {"preferred_completion": "preferred_output", "non_preferred_completion": "non_preferred_output"}


def judge_chat(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    yield from unknown_keys(value, CHAT)
    if "messages" not in value:
        yield "missing", {"name": "messages"}
        return
    talk = Talk(told, talks.EXAMPLE)
    yield from judge_parallel(value)
    yield from judge_tools(value.get("tools"), talk)
    yield from judge_tools(value.get("functions"), talk, "functions")
    yield from judge_messages(value["messages"], talk)
    if not talk.roles:
        return
    if "assistant" not in talk.roles:
        yield "no_assistant", {}
    elif last_role(talk.roles) != "assistant":
        yield "last_assistant", {"role": last_role(talk.roles)}
    elif all(weight == 0 and weight is not None for weight in talk.weights):
        yield "nothing_learnt", {}


def judge_pair(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    for old, now in BEFORE.items():
        if old in value:
            yield "old_names", {"name": old, "now": now}
    yield from unknown_keys(value, PAIR | BEFORE.keys())
    yield from _judge_input(value, told)
    answers = []
    for name in ("preferred_output", "non_preferred_output"):
        if name in value:
            yield from _judge_answer(value[name], name, told)
            answers.append(value[name])
        elif not any(old in value for old, now in BEFORE.items() if now == name):
            yield "missing", {"name": name}
    if len(answers) == 2 and answers[0] == answers[1] and isinstance(answers[0], list):
        yield "same_answers", {}


def _judge_input(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    asked = value.get("input")
    if "input" not in value:
        yield "missing", {"name": "input"}
        return
    if not isinstance(asked, Mapping):
        yield "no_object", {"name": "input"}
        return
    yield from unknown_keys(asked, INPUT)
    talk = Talk(told, talks.PAIR)
    yield from judge_parallel(asked)
    yield from judge_tools(asked.get("tools"), talk)
    yield from judge_messages(asked.get("messages"), talk, "input.messages")
    if talk.roles and last_role(talk.roles) != "user":
        yield "last_user", {"role": last_role(talk.roles)}


def _judge_answer(value: Any, name: str, told: Told) -> Iterator[Found]:
    if not isinstance(value, list) or len(value) != 1:
        yield "one_answer", {"name": name, "have": len(value) if isinstance(value, list) else 0}
        return
    talk = Talk(told, talks.PAIR)
    yield from (problem for problem in judge_message(value[0], 1, talk) if problem[0] != "tool_unknown")
    if talk.roles[0] in {"system", "developer", "user", "tool", "function"}:
        yield "one_answer", {"name": name, "have": 0}


def judge_graded(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """Other keys are what the grader reads."""
    if "messages" not in value:
        yield "missing", {"name": "messages"}
        return
    talk = Talk(told, talks.EXAMPLE)
    yield from judge_parallel(value)
    yield from judge_tools(value.get("tools"), talk)
    yield from judge_messages(value["messages"], talk)
    if talk.roles and last_role(talk.roles) != "user":
        yield "last_not_user", {"role": last_role(talk.roles)}
