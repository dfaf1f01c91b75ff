"""Files to begin with: small, written for this, and each with something to see. They are made when somebody asks for one."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

INSTRUCTIONS: Final = "You answer for a small pottery. Be warm, brief and exact."
ANSWERS: Final = (
    ("Is the blue bowl oven safe?", "Yes, up to 220 °C. Let it warm up with the oven, so that the glaze does not crack."),
    ("Can I put the mugs in the dishwasher?", "You can. A gentle programme keeps the gold rim bright for longer."),
    ("My plate arrived with a crack.", "I am sorry. Send us a photo, and a new plate leaves us tomorrow at no cost to you."),
    ("Do you ship to Norway?", "We do: eight days, 14 euros, and duty is paid already."),
    ("How long does an engraved cup take?", "Two weeks: one for the engraving and one in the kiln."),
    ("Is your glaze free of lead?", "Yes. Each batch is tested, and we gladly send you the report."),
    ("Can I visit the workshop?", "With pleasure, on Saturdays from ten to two. Ring the bell at the blue gate."),
    ("Do you repair handles?", "Of our own cups, yes. Bring it along, or send it well padded."),
    ("Which bowl is best for soup?", "The deep one with the wide rim: it holds half a litre and stays warm."),
    ("I would like to return a vase.", "Within 30 days, unused, in its box: we pay you back on the day it arrives."),
    ("Do you give a discount for twelve plates?", "From ten plates on you get a tenth off. Shall I reserve twelve for you?"),
    ("Why do two bowls differ in colour?", "Each is dipped by hand, so no two are quite alike. We can pick a pair that matches."),
)
WORSE: Final = (
    "It depends on the oven, among many other things.",
    "Everything about cleaning stands in the leaflet.",
    "Cracks happen in transit. Did you read our terms?",
    "Shipping costs are shown at the end of the order.",
    "It takes as long as it takes.",
    "We have never heard a complaint about that.",
    "Visits are not part of our offer.",
    "A new cup is cheaper than a repair.",
    "All our bowls are suitable for soup, salad and everything else.",
    "Returns are a lot of work for a small shop like ours.",
    "Prices are as they are on the page.",
    "That is how pottery is.",
)
GOODS: Final = (
    "Deep bowl, stoneware, sea blue, 18 cm, 0.5 litres",
    "Mug with a gold rim, white, 300 ml",
    "Tall vase, raw clay outside, glazed inside, 32 cm",
    "Plate, speckled grey, 27 cm, stackable",
    "Tea pot with a bamboo handle, black, 0.8 litres",
    "Butter dish with a lid, cream, for 250 g",
    "Egg cup, set of four, each with another bird",
    "Salad bowl, forest green, 30 cm, with two spoons of olive wood",
    "Espresso cup, ink blue, 80 ml, without a handle",
    "Candle holder, terracotta, for thin candles",
)


@dataclass(frozen=True, slots=True)
class Starter:
    """`file_name` and `purpose`: of the file that is made. `body`: gives its bytes for the name of a model, which requests need."""

    name: str
    icon: str
    title: Any
    text: Any
    file_name: str
    purpose: str
    body: Callable[[str], bytes]


def _said(question: str, answer: str) -> dict[str, Any]:
    said = (("system", INSTRUCTIONS), ("user", question), ("assistant", answer))
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def _lines(values: Iterable[Mapping[str, Any]], end: str = "\n") -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + end for value in values).encode()


def _examples(_model: str) -> bytes:
    return _lines(_said(*each) for each in ANSWERS)


def _faulty(_model: str) -> bytes:
    """As a spreadsheet on Windows leaves it: with a mark at the beginning, line ends of its own, and empty lines between."""
    return b"\xef\xbb\xbf" + _lines((_said(*each) for each in ANSWERS), "\r\n\r\n")


def _pairs(_model: str) -> bytes:
    return _lines(
        {
            "input": {"messages": _said(question, answer)["messages"][:2]},
            "preferred_output": [{"role": "assistant", "content": answer}],
            "non_preferred_output": [{"role": "assistant", "content": worse}],
        }
        for (question, answer), worse in zip(ANSWERS, WORSE, strict=True)
    )


def _requests(model: str) -> bytes:
    wish = "Describe this for a shop in two short sentences: "
    return _lines(
        {
            "custom_id": f"product-{number:02}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "max_completion_tokens": 120, "messages": [{"role": "user", "content": wish + goods}]},
        }
        for number, goods in enumerate(GOODS, 1)
    )


def _table(_model: str) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows([("question", "answer"), *ANSWERS])
    return target.getvalue().encode()


STARTERS: Final = (
    Starter(
        "examples",
        "graduation-cap",
        _("Examples to teach a model"),
        _("Twelve questions with the answers that are wanted."),
        "pottery-answers.jsonl",
        "fine-tune",
        _examples,
    ),
    Starter(
        "pairs",
        "scale",
        _("Better and worse answers"),
        _("Twelve questions with an answer that is preferred and one that is not."),
        "pottery-pairs.jsonl",
        "fine-tune",
        _pairs,
    ),
    Starter(
        "batch",
        "layers",
        _("Requests of a batch"),
        _("Ten products to be described."),
        "product-texts.jsonl",
        "batch",
        _requests,
    ),
    Starter(
        "table",
        "table-2",
        _("A table to convert"),
        _("Questions and answers as CSV, to be made into lines of JSON."),
        "pottery-answers.csv",
        "",
        _table,
    ),
    Starter(
        "faults",
        "wand-sparkles",
        _("Faults to repair"),
        _("The same examples as Windows writes them: with empty lines and an invisible mark."),
        "pottery-faults.jsonl",
        "fine-tune",
        _faulty,
    ),
)


def starter(name: str) -> Starter | None:
    return next((each for each in STARTERS if each.name == name), None)
