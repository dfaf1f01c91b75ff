"""The safety check: `POST /moderations`, answered whole.

Params: {"input": a text or a list of texts}. A picture goes along as a file of the run; then the input is parts.
What came is kept in the response as {"id", "model", "said": [one for each input, as `reading.Said`]}.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.templatetags.core import count
from apps.moderation.categories import verdict_of
from apps.moderation.models import PARENT
from apps.moderation.reading import read_answer
from apps.runs.costs import tokens_in
from apps.runs.gates import GATE
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run


class SafetyCheck(Operation):
    name: ClassVar[str] = "moderation.check"
    title: ClassVar[Any] = gettext_lazy("Safety check")
    icon: ClassVar[str] = "shield-check"
    endpoint: ClassVar[str] = "moderation"
    waiting: ClassVar[Any] = gettext_lazy("Being checked")
    declined: ClassVar[Any] = gettext_lazy("The model declined to check this.")
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before there was a verdict.")
    first_byte: ClassVar[float] = 120.0
    is_text: ClassVar[bool] = False

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", "/moderations", json={"model": model, "input": _input(params["input"], files)})

    def parse_response(self, response: ApiResponse) -> Result:
        said = read_answer(response.json)
        if not said:
            raise Lost("bad_answer", _("The answer has no verdict in it."), request_id=response.request_id)
        answer = response.json if isinstance(response.json, Mapping) else {}
        head = {name: answer[name] for name in ("id", "model") if isinstance(answer.get(name), str)}
        if len(said) == 1:
            text = verdict_of(said[0].flags, is_flagged=said[0].is_flagged)
        else:
            flagged = sum(each.is_flagged for each in said)
            told = {"n": count(flagged), "total": count(len(said))}
            text = ngettext("%(n)s of %(total)s texts is flagged.", "%(n)s of %(total)s texts are flagged.", flagged) % told
        return Result(text=text, finish_reason="stop", usage=_usage(answer), response={**head, "said": [each.as_dict() for each in said]})

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        return Estimate(cost=prices.cost_of_tokens(sum(map(tokens_in, texts_of(params)))))

    def summary(self, params: Params) -> str:
        texts = texts_of(params)
        first = " ".join(texts[0][:400].split())[:160] if texts else ""
        more = len(texts) - 1
        return (
            ngettext("%(first)s and %(n)s more row", "%(first)s and %(n)s more rows", more) % {"first": first, "n": more}
            if more > 0
            else first
        )

    def ready(self, run: "Run") -> str:
        return run.text

    def page_of(self, run: "Run") -> str:
        if run.parent_kind == GATE and run.parent_id:
            return reverse("runs:receipt", args=[run.parent_id])
        return reverse("moderation:judging", args=[run.parent_id]) if run.parent_kind == PARENT and run.parent_id else ""


def texts_of(params: Params) -> list[str]:
    given = params.get("input")
    return [given] if isinstance(given, str) else [str(text) for text in given or ()]


def _input(given: Any, files: Sequence[InputFile]) -> Any:
    """A text, an array of texts, or parts: the text first."""
    pictures = [{"type": "image_url", "image_url": {"url": data_url(file)}} for file in files if file.role == "input"]
    if not pictures:
        return given
    texts = [given] if isinstance(given, str) else list(given)
    return [*({"type": "text", "text": text} for text in texts if text), *pictures]


def data_url(file: InputFile) -> str:
    return f"data:{file.content_type};base64,{base64.b64encode(file.path.read_bytes()).decode()}"


def _usage(answer: Mapping[str, Any]) -> dict[str, int]:
    """Of servers that count tokens."""
    usage = answer.get("usage")
    told = usage.get("prompt_tokens", usage.get("input_tokens")) if isinstance(usage, Mapping) else None
    return {"input": told, "output": 0} if isinstance(told, int) and not isinstance(told, bool) and told > 0 else {}
