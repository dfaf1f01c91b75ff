"""Words into another language by a chat model: numbered lines go out, and the same numbers come back."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.runs.costs import tokens_in
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result
from apps.runs.whole_answers import read_chat
from apps.transcription.models import TRANSLATING
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run

MOST_LINES: Final = 40
MOST_CHARACTERS: Final = 4_000
# A number, its mark, and room behind it: "3: …", "[3] …", "**3.** …", "3 - …"; not "3.5 million" or "3:15".
NUMBERED: Final = re.compile(r"^\s*[*_(\[]*(\d{1,4})(?:[*_)\]]*[:.][*_]*(?=\s|$)|[*_)\]]+:?(?=\s|$)|[：．、]|\s+[-–—|](?=\s))\s*(.*)$")
ASKED: Final = (
    "Translate each of the numbered lines into {language}. They are subtitles of one recording, in order. "
    "Answer with the same numbers, one line for each, as “number: translation”, and nothing else."
)


class TranslateText(Operation):
    name: ClassVar[str] = "transcription.translate_text"
    title: ClassVar[Any] = gettext_lazy("Translation of a transcript")
    icon: ClassVar[str] = "languages"
    endpoint: ClassVar[str] = "chat"
    waiting: ClassVar[Any] = gettext_lazy("Being translated")
    first_byte: ClassVar[float] = 300.0

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", "/chat/completions", json={"model": model, "messages": params.get("messages", [])})

    def parse_response(self, response: ApiResponse) -> Result:
        result = read_chat(response)
        if not result.text:
            raise Lost("bad_answer", _("The answer has no words in it."), request_id=response.request_id)
        return result

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        asked = sum(tokens_in(str(message.get("content", ""))) for message in params.get("messages", []))
        return Estimate(asked, asked, prices.cost_of_tokens(asked, asked))  # the answer is about as long

    def summary(self, params: Params) -> str:
        return _("Lines of a transcript into another language")

    def page_of(self, run: "Run") -> str:
        is_ours = run.parent_kind == TRANSLATING and run.parent_id
        return reverse("transcription:translation", args=[run.parent_id]) if is_ours else ""


def messages_of(lines: Sequence[str], language: str) -> list[dict[str, str]]:
    """What is asked. Lines of several lines become one."""
    numbered = "\n".join(f"{number}: {' '.join(line.split())}" for number, line in enumerate(lines, 1))
    return [{"role": "system", "content": ASKED.format(language=language)}, {"role": "user", "content": numbered}]


def lines_of(answer: str, count: int) -> dict[int, str]:
    """The lines of an answer by their numbers, from 1. What is missing is absent; a line without a number goes on with the one before.

    Where no line has a number, as many lines as were asked for are taken in their order.
    """
    found: dict[int, str] = {}
    current = 0
    said = [line.strip() for line in answer.splitlines() if line.strip() and not line.strip().startswith("```")]
    for line in said:
        matched = NUMBERED.match(line)
        if matched and 1 <= int(matched[1]) <= count and int(matched[1]) not in found:
            current = int(matched[1])
            found[current] = matched[2].strip()
        elif current:
            found[current] = f"{found[current]} {line}".strip()
    if not found and len(said) == count:
        return dict(enumerate(said, 1))
    if not found and count == 1 and said:
        return {1: " ".join(said)}
    return {number: text for number, text in found.items() if text}


def blocks_of(lines: Sequence[str]) -> list[range]:
    """Which lines go together: at most MOST_LINES, and not more characters than a small model minds."""
    blocks, start, characters = [], 0, 0
    for number, line in enumerate(lines):
        if number > start and (number - start >= MOST_LINES or characters + len(line) > MOST_CHARACTERS):
            blocks.append(range(start, number))
            start, characters = number, 0
        characters += len(line)
    return [*blocks, range(start, len(lines))] if start < len(lines) else blocks
