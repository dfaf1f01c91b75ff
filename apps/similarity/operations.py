"""Asking for the vectors of texts: `POST /embeddings`, answered whole.

Params are the settings by their API names, with `input`, a list of texts. The vectors come out as a file of packed rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.runs.costs import tokens_in
from apps.runs.operations import BadAnswer, Estimate, InputFile, Operation, OutputFile, Params, Prices, Result
from apps.runs.storable import clean_text
from apps.similarity.answers import Unusable, embeddings_of, packed_of
from apps.similarity.models import PARENT
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run

PACKED: Final = "application/octet-stream"
LARGEST: Final = 160 * 1024 * 1024  # of an answer: numbers as text take ten times the room that they need


class Embed(Operation):
    name: ClassVar[str] = "similarity.embed"
    title: ClassVar[Any] = gettext_lazy("Similarity")
    icon: ClassVar[str] = "waypoints"
    endpoint: ClassVar[str] = "embeddings"
    page_url: ClassVar[str] = "similarity:side"
    waiting: ClassVar[Any] = gettext_lazy("Being read")
    declined: ClassVar[Any] = gettext_lazy("The model declined to read these texts.")
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before there was an answer.")
    max_stream_bytes: ClassVar[int] = LARGEST
    is_text: ClassVar[bool] = False

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", "/embeddings", json={"model": model, **params})

    def parse_response(self, response: ApiResponse) -> Result:
        """Only looked at here, in the loop; the numbers are read in `refine`, beside it."""
        answer: Any = response.json if isinstance(response.json, Mapping) else {}
        data = answer.get("data")
        if not isinstance(data, list) or not data:
            raise Lost("bad_answer", _("The answer has no vectors in it."), request_id=response.request_id)
        file = OutputFile("vectors", PACKED, details={"came": answer})
        told = {"model": str(answer.get("model", ""))[:200], "usage": answer.get("usage"), "vectors": len(data)}
        note = answer.get("note")  # the built-in provider says what a smaller size costs
        notices = [clean_text(note)[:300]] if isinstance(note, str) and note.strip() else []
        return Result(finish_reason="stop", usage=usage_of(answer), files=[file], response=told, notices=notices)

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        """The packed rows one after the other, in the order of the texts. Raises BadAnswer."""
        [file] = result.files
        texts, size = params.get("input", ()), params.get("dimensions")
        try:
            packed, numbers = packed_of(embeddings_of(file.details["came"], len(texts)), int(size) if size else None)
        except Unusable as error:
            raise BadAnswer(str(error)) from None
        result.files = [replace(file, body=b"".join(packed), details={"vectors": len(packed), "numbers": numbers})]
        result.response = {**result.response, "numbers": numbers}
        result.text = ngettext(
            "The numbers of %(n)s text came, %(each)s of them.", "The numbers of %(n)s texts came, %(each)s for each.", len(packed)
        ) % {"n": f"{len(packed):,}", "each": f"{numbers:,}"}
        return result

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        tokens = sum(tokens_in(str(text)) for text in params.get("input", ()))
        return Estimate(tokens, 0, prices.cost_of_tokens(tokens))

    def summary(self, params: Params) -> str:
        texts = params.get("input", ())
        first = " ".join(str(texts[0])[:400].split()) if texts else ""
        more = len(texts) - 1
        return f"{first[:150]} (+{more:,})" if more > 0 else first[:200]

    def has_brought(self, run: "Run") -> bool:
        return bool((run.response or {}).get("vectors"))

    def ready(self, run: "Run") -> str:
        return _("The rows were read.")

    def page_of(self, run: "Run") -> str:
        return reverse(self.page_url, args=[run.parent_id]) if run.parent_id and run.parent_kind == PARENT else ""


def usage_of(answer: Mapping[str, Any]) -> dict[str, int]:
    """Tokens as they were counted; nothing where they were not told."""
    usage = answer.get("usage")
    counts = [usage.get(name) for name in ("prompt_tokens", "total_tokens")] if isinstance(usage, Mapping) else []
    found = next((count for count in counts if isinstance(count, int) and not isinstance(count, bool) and count > 0), None)
    return {"input": found, "output": 0} if found is not None else {}
