"""The calls of these pages: a short one that shows whether a model answers, one question to two models, and the deletion of a tuned one.

Params of `TryModel` are {"work": what it is good for, …}, of `AskBoth` {"messages": [...], …}; what is beside them is sent under the
API's own names. `DeleteModel` has none: the model of the run is the one that goes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.runs.costs import tokens_in
from apps.runs.gates import CHAT, Typed
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result
from apps.runs.whole_answers import read_chat, read_tokens
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run

OF_MODEL: Final = "model"  # parent kind of the tests of a model
COMPARING: Final = "model-compare"
DELETING: Final = "model-delete"
OURS: Final = frozenset({"work", "model", "messages", "input", "prompt", "stream"})
LIMIT: Final = "max_completion_tokens"  # the gateway writes it as the server has it
WORD: Final = "hello"
ASKED: Final = "Answer with one word: hello"
MOST_TOKENS: Final = 16  # models that think refuse less
SAFE_IN_NAME: Final = ":@!$&'()*+,;=~"


def path_of_model(name: str) -> str:
    """`/models/<name>`, whatever the name holds. Raises ValueError for one that would be another address."""
    if name in {"", ".", ".."}:
        raise ValueError(name)
    return f"/models/{quote(name, safe=SAFE_IN_NAME)}"


# --- A test ------------------------------------------------------------------------------------
def _chat_body(params: Params) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": ASKED}], **_beside(params)}


def _read_vector(body: Any) -> str:
    entries = body.get("data") if isinstance(body, Mapping) else None
    first = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], Mapping) else {}
    vector = first.get("embedding")
    if not isinstance(vector, (list, str)) or not vector:
        raise Lost("bad_answer", _("The answer holds no numbers."))
    return _("It read the word and gave %(n)s numbers.") % {"n": f"{len(vector):,}"} if isinstance(vector, list) else _("It read the word.")


def _read_verdict(body: Any) -> str:
    results = body.get("results") if isinstance(body, Mapping) else None
    if not isinstance(results, list) or not results:
        raise Lost("bad_answer", _("The answer holds no verdict."))
    return _("It looked at the word and gave a verdict.")


def _read_continuation(body: Any) -> str:
    choices = body.get("choices") if isinstance(body, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    return str(first.get("text") or "").strip() or _("The model added nothing.")


WORKS: Final[dict[str, tuple[str, Callable[[Params], dict[str, Any]]]]] = {
    "chat": ("/chat/completions", _chat_body),
    "embeddings": ("/embeddings", lambda params: {"input": WORD}),
    "moderation": ("/moderations", lambda params: {"input": WORD}),
    "completions": ("/completions", lambda params: {"prompt": WORD, "max_tokens": MOST_TOKENS}),
}
READERS: Final[dict[str, Callable[[Any], str]]] = {
    "embeddings": _read_vector,
    "moderation": _read_verdict,
    "completions": _read_continuation,
}


def work_to_try(endpoints: Sequence[str]) -> str:
    """What a model is tried with: the first thing it does for which one word is enough; "" where nothing is."""
    return next((work for work in WORKS if work in endpoints), "")


def params_to_try(work: str) -> dict[str, Any]:
    return {"work": work, LIMIT: MOST_TOKENS} if work == "chat" else {"work": work}


class TryModel(Operation):
    """One word, as cheap as a call can be."""

    name: ClassVar[str] = "catalog.try_model"
    title: ClassVar[Any] = gettext_lazy("Test of a model")
    icon: ClassVar[str] = "activity"
    endpoint: ClassVar[str] = "chat"
    waiting: ClassVar[Any] = gettext_lazy("Waiting for one word")

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        path, body_of = WORKS[str(params["work"])]
        return ApiRequest("POST", path, json={"model": model, **body_of(params)})

    def parse_response(self, response: ApiResponse) -> Result:
        body = response.json if isinstance(response.json, Mapping) else {}
        reader = next((READERS[work] for work in READERS if _is_answer_of(work, body)), None)
        if reader is None:
            result = read_chat(response)
            result.finish_reason = "stop"  # the limit is ours, and so short that most answers end at it
            return result
        return Result(reader(body), finish_reason="stop", usage=read_tokens(body.get("usage")), response=_without_numbers(body))

    def has_brought(self, run: "Run") -> bool:
        """A model that thinks may need all of its few tokens for that: it has answered all the same."""
        return run.status == "completed"

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        asked, answered = tokens_in(ASKED) + 7, MOST_TOKENS if params.get("work") in {"chat", "completions"} else 0
        return Estimate(asked, answered, prices.cost_of_tokens(asked, answered))

    def summary(self, params: Params) -> str:
        return _("One word")

    def page_of(self, run: "Run") -> str:
        return reverse("catalog:model", args=[run.parent_id]) if run.parent_kind == OF_MODEL and run.parent_id else ""


def _is_answer_of(work: str, body: Mapping[str, Any]) -> bool:
    if work == "embeddings":
        return isinstance(body.get("data"), list)
    if work == "moderation":
        return isinstance(body.get("results"), list)
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, Mapping) and "text" in first and "message" not in first


def _without_numbers(body: Mapping[str, Any]) -> dict[str, Any]:
    """Thousands of numbers tell nobody anything."""
    return {name: value for name, value in body.items() if name != "data"}


# --- One question to two models ----------------------------------------------------------------
class AskBoth(Operation):
    """The same question to a model that leaves, and to the one that may take its place."""

    name: ClassVar[str] = "catalog.ask_both"
    title: ClassVar[Any] = gettext_lazy("Comparison of two models")
    icon: ClassVar[str] = "columns-2"
    endpoint: ClassVar[str] = "chat"
    waiting: ClassVar[Any] = gettext_lazy("Waiting for the answer")
    first_byte: ClassVar[float] = 300.0

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", "/chat/completions", json={"model": model, "messages": params["messages"], **_beside(params)})

    def parse_response(self, response: ApiResponse) -> Result:
        return read_chat(response)

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        asked = sum(tokens_in(str(message.get("content", ""))) + 7 for message in params.get("messages", ()))
        answered = int(params.get(LIMIT) or 0)
        return Estimate(asked, answered, prices.cost_of_tokens(asked, answered))

    def summary(self, params: Params) -> str:
        return " ".join(str(message.get("content", "")) for message in params.get("messages", ()))[:200]

    def typed(self, params: Params) -> Typed:
        return Typed(CHAT, tuple(str(message.get("content", "")) for message in params.get("messages", ())))

    def page_of(self, run: "Run") -> str:
        return reverse("catalog:replace", args=[run.parent_id]) if run.parent_kind == COMPARING and run.parent_id else ""


# --- Deleting ----------------------------------------------------------------------------------
class DeleteModel(Operation):
    """`DELETE /models/<name>`: final at the provider, so it is done once and by nobody but a person."""

    name: ClassVar[str] = "catalog.delete_model"
    title: ClassVar[Any] = gettext_lazy("Deletion of a model")
    icon: ClassVar[str] = "trash-2"
    endpoint: ClassVar[str] = "models"
    waiting: ClassVar[Any] = gettext_lazy("Waiting for the provider")
    asks_model: ClassVar[bool] = False
    is_billed: ClassVar[bool] = False
    is_billed: ClassVar[bool] = False
    may_repeat: ClassVar[bool] = False
    is_markdown: ClassVar[bool] = False
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped. Whether it was deleted is not known: sync the list to see.")

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("DELETE", path_of_model(model))

    def parse_response(self, response: ApiResponse) -> Result:
        """A server may answer with nothing but a good status; one that says that it did not delete is believed."""
        body = response.json if isinstance(response.json, Mapping) else {}
        if body.get("deleted") is False:
            raise Lost("bad_answer", _("The provider answered that it did not delete the model."))
        return Result(_("The provider has deleted the model."), finish_reason="stop", usage={}, response=dict(body))

    def summary(self, params: Params) -> str:
        return _("Delete a tuned model")

    def page_of(self, run: "Run") -> str:
        return reverse("catalog:model", args=[run.parent_id]) if run.parent_kind == DELETING and run.parent_id else ""


def _beside(params: Params) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in OURS and value is not None}
