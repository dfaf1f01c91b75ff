"""POST /v1/moderations."""

import pathlib
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.folders import new_folder
from engines.images.sources import Source
from engines.moderations.categories import CATEGORIES, FOUND_FROM
from engines.moderations.limits import PASSAGES_TOGETHER
from engines.moderations.passages import passages_of
from engines.moderations.request import Item, read_ask
from engines.reading.letters import latin_words
from engines.studio import Studio
from engines.studio_model import StudioModel
from engines.wire import while_listening

Scores = dict[str, float]


async def create_moderation(request: Request) -> Response:
    with new_folder() as folder:
        ask = await read_ask(request, pathlib.Path(folder.name))
        model: StudioModel = request.app.state.models.get_for("moderations", ask.model)
        results = await while_listening(request.receive, judge_all(model.studio, ask.items))
        folder.cleanup()
    return JSONResponse({"id": f"modr-{secrets.token_hex(16)}", "model": model.id, "results": results})


async def judge_all(studio: Studio, items: list[Item]) -> list[dict[str, Any]]:
    """One result for each item. Pictures first: one that is broken should cost nobody the time for the texts."""
    seen = [[await look(studio, picture) for picture in item.pictures] for item in items]
    read = await read_items(studio, items)
    return [build_result({"text": texts, "image": pictures}) for texts, pictures in zip(read, seen, strict=True)]


async def look(studio: Studio, picture: Source) -> Scores:
    scores: Scores = await studio.finish({"kind": "look", "picture": picture.as_pair()})
    return scores


async def read_items(studio: Studio, items: list[Item]) -> list[list[Scores]]:
    """For each item the scores of all passages of its texts. Those in other letters than ours are not judged; what stands among them is."""
    passages = [
        (index, passage)
        for index, item in enumerate(items)
        for text in item.texts
        if (readable := latin_words(text)).strip() or not text.strip()
        for passage in passages_of(readable)
    ]
    found: list[list[Scores]] = [[] for _ in items]
    for start in range(0, len(passages), PASSAGES_TOGETHER):
        group = passages[start : start + PASSAGES_TOGETHER]
        made = await studio.finish({"kind": "judge", "passages": [passage for _, passage in group]})
        for (index, _), scores in zip(group, made["scores"], strict=True):
            found[index].append(scores)
    return found


def build_result(found: dict[str, list[Scores]]) -> dict[str, Any]:
    """OpenAI's shape, the worst of all. `found`: scores of texts and of pictures; none at all where nothing could be judged."""
    applied = {name: [kind for kind, rows in found.items() if any(name in row for row in rows)] for name in CATEGORIES}
    scores = {name: max((row[name] for rows in found.values() for row in rows if name in row), default=0.0) for name in CATEGORIES}
    categories = {name: score > FOUND_FROM for name, score in scores.items()}
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": applied,
    }
