"""POST /v1/embeddings."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from engines.embeddings.limits import MEASURED_TOGETHER, TOKENS_TOGETHER
from engines.embeddings.request import Ask, check_tokens, read_ask
from engines.fields import Fields
from engines.reading.limits import DIMENSIONS
from engines.studio import Studio
from engines.studio_model import StudioModel
from engines.wire import read_json, while_listening

NOTE = (
    "This model was not trained for shorter vectors: its first {} numbers, brought back to length 1. What is alike may be ranked less well."
)


async def create_embedding(request: Request) -> Response:
    ask = read_ask(Fields(await read_json(request)))
    model: StudioModel = request.app.state.models.get_for("embeddings", ask.model)
    answer = await while_listening(request.receive, make_answer(model, ask))
    return Response(orjson.dumps(answer), media_type="application/json")


async def make_answer(model: StudioModel, ask: Ask) -> dict[str, Any]:
    counts = await measure(model.studio, ask)
    rows = await embed(model.studio, ask, counts)
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    usage = {"prompt_tokens": sum(counts), "total_tokens": sum(counts)}
    answer = {"object": "list", "data": data, "model": model.id, "usage": usage}
    if ask.dimensions < DIMENSIONS:
        answer["note"] = NOTE.format(ask.dimensions)
    return answer


async def measure(studio: Studio, ask: Ask) -> list[int]:
    """The number of tokens of each text, or the refusal of those that are too many."""
    counts: list[int] = []
    for start in range(0, len(ask.texts), MEASURED_TOGETHER):
        made = await studio.finish({"kind": "measure", "texts": ask.texts[start : start + MEASURED_TOGETHER]})
        counts += made["tokens"]
        check_tokens(ask, counts)
    return counts


async def embed(studio: Studio, ask: Ask, counts: list[int]) -> list[Any]:
    """The vectors in the order of the texts, each encoded as soon as it is there: all at once would hold up everybody."""
    rows: list[Any] = [None] * len(counts)
    for group in groups_of(counts):
        job = {"kind": "embed", "texts": [ask.texts[index] for index in group], "dimensions": ask.dimensions}
        made = await studio.finish(job)
        for index, packed in zip(group, made["vectors"], strict=True):
            rows[index] = packed if ask.as_base64 else as_numbers(packed)
    return rows


def groups_of(counts: list[int]) -> Iterator[list[int]]:
    """Texts of like length together, which wastes least: all of a group are filled up to its longest."""
    group: list[int] = []
    for index in sorted(range(len(counts)), key=counts.__getitem__):
        if group and (len(group) + 1) * counts[index] > TOKENS_TOGETHER:
            yield group
            group = []
        group.append(index)
    yield group


def as_numbers(packed: str) -> orjson.Fragment:
    content = base64.b64decode(packed)
    return orjson.Fragment(orjson.dumps(struct.unpack(f"<{len(content) // 4}f", content)))
