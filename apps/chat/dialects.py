"""Which operation makes an answer: Chat completions or the Responses API, as the provider of the model is asked."""

from typing import Any, Final

from apps.chat.operations import ChatReply
from apps.chat.responding import ChatRespond
from apps.providers.answer_ways import RESPONSES, way_of
from apps.providers.choices import ModelChoice

NO_THINKING: Final = "none"


def operation_for(choice: ModelChoice) -> str:
    return ChatRespond.name if way_of(choice) == RESPONSES else ChatReply.name


def extras_for(choice: ModelChoice, parameters: dict[str, Any]) -> dict[str, Any]:
    """What goes with a question that way: a model that thinks is asked to tell a summary of it, unless it once refused that."""
    facts = choice.facts
    thinks = facts.takes("reasoning_effort") and parameters.get("reasoning_effort") != NO_THINKING
    is_refused = facts.parameters.get("reasoning_summary", {}).get("off")
    return {"reasoning_summary": "auto"} if thinks and not is_refused and way_of(choice) == RESPONSES else {}
