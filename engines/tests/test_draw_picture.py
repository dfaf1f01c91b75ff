"""Pictures made of words, asked for with the official client."""

import numpy as np
import pytest
from openai import OpenAI

from engines.images.painting.palettes import PALETTES
from engines.images.painting.scenes import ELSEWHERE, PATTERNS
from engines.tests.conftest import ILLUSTRATOR
from engines.tests.pictures import opened, opened_all

pytestmark = pytest.mark.engines
LAKE = {"model": ILLUSTRATOR, "prompt": "A quiet lake in the mountains at sunset", "size": "256x256", "quality": "low"}


def test_it_lists_the_model_with_what_it_cannot_do(client: OpenAI) -> None:
    model = client.models.retrieve(ILLUSTRATOR)

    assert "no image model" in model.description
    assert "never the subject" in model.description
    assert model in client.models.list().data


def test_it_paints_a_picture(client: OpenAI) -> None:
    answer = client.images.generate(model=ILLUSTRATOR, prompt="A quiet lake in the mountains at sunset")

    (made,) = answer.data
    picture = opened(made.b64_json)
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (1024, 1024))
    assert (answer.size, answer.quality, answer.background, answer.output_format) == ("1024x1024", "medium", "opaque", "png")
    assert answer.created > 1_700_000_000
    assert answer.usage.input_tokens == answer.usage.total_tokens > 5
    assert answer.usage.output_tokens == 0
    assert "mountains" in made.revised_prompt
    assert "without an image model" in made.revised_prompt
    assert np.asarray(picture).std() > 20


def test_it_paints_several_that_differ(client: OpenAI) -> None:
    answer = client.images.generate(**LAKE, n=4)

    pixels = [np.asarray(picture).astype(int) for picture in opened_all(answer.data)]
    assert len(pixels) == 4
    assert all(np.abs(pixels[0] - other).mean() > 3 for other in pixels[1:])
    assert len({each.seed for each in answer.data}) == 4


def test_it_paints_the_same_again_for_the_same_seed(client: OpenAI) -> None:
    first, second = client.images.generate(**LAKE, n=2, extra_body={"seed": 7}).data
    alone = client.images.generate(**LAKE, extra_body={"seed": second.seed}).data[0]

    assert first.seed == 7
    assert alone.b64_json == second.b64_json
    assert alone.b64_json != first.b64_json
    assert client.images.generate(**LAKE).data[0].b64_json != client.images.generate(**LAKE).data[0].b64_json


@pytest.mark.parametrize("size", ["256x256", "512x768", "1536x1024", "1024x256", "336x752", "2048x2048"])
def test_it_makes_any_size_on_the_grid(client: OpenAI, size: str) -> None:
    answer = client.images.generate(**{**LAKE, "size": size})

    picture = opened(answer.data[0].b64_json)
    assert answer.size == f"{picture.width}x{picture.height}" == size


@pytest.mark.parametrize(("output_format", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_it_writes_the_file_type_that_was_asked_for(client: OpenAI, output_format: str, kind: str) -> None:
    answer = client.images.generate(**LAKE, output_format=output_format)

    assert opened(answer.data[0].b64_json).format == kind
    assert answer.output_format == output_format


@pytest.mark.parametrize("output_format", ["jpeg", "webp"])
def test_it_makes_smaller_files(client: OpenAI, output_format: str) -> None:
    sizes = [
        len(client.images.generate(**LAKE, output_format=output_format, output_compression=share, extra_body={"seed": 1}).data[0].b64_json)
        for share in (100, 40, 0)
    ]
    assert sizes[0] > 2 * sizes[1] > 2 * sizes[2]


@pytest.mark.parametrize("output_format", ["png", "webp"])
def test_it_leaves_the_background_transparent(client: OpenAI, output_format: str) -> None:
    answer = client.images.generate(**LAKE, background="transparent", output_format=output_format)

    alpha = np.asarray(opened(answer.data[0].b64_json))[..., 3]
    assert answer.background == "transparent"
    assert (alpha[0, 0], alpha[-1, -1], alpha[128, 128]) == (0, 0, 255)
    assert 0.4 < (alpha == 255).mean() < 0.95


def test_it_works_more_for_more_quality(client: OpenAI) -> None:
    asked = {**LAKE, "prompt": "A meadow full of flowers", "size": "512x512", "extra_body": {"seed": 3}}
    answers = [client.images.generate(**{**asked, "quality": quality}) for quality in ("low", "medium", "high", "auto")]

    low, medium, high, auto = (each.data[0].b64_json for each in answers)
    assert [each.quality for each in answers] == ["low", "medium", "high", "medium"]
    assert len({low, medium, high}) == 3
    assert auto == medium
    assert len(low) < len(medium) < len(high)


@pytest.mark.parametrize(
    ("prompt", "drawn"),
    [
        ("A rainy night in a neon city", "a city, rain"),
        ("An astronaut floating among the stars", "a planet"),
        ("A quiet lake in an autumn forest", "a lake"),
        ("A field of sunflowers under a blue sky", "a meadow"),
        ("A jazz concert", "swinging strings"),
        ("Cover of a mathematics textbook", "geometric tiles"),
        ("northern lights in Norway", "northern lights"),
        ("winter", "snow"),
        ("a coral reef with fish", "under water"),
        ("bonfire", "flames"),
    ],
)
def test_it_chooses_by_what_the_words_mean(client: OpenAI, prompt: str, drawn: str) -> None:
    assert drawn in client.images.generate(**{**LAKE, "prompt": prompt}).data[0].revised_prompt


@pytest.mark.parametrize("prompt", ["?", "7", "猫が海を見ている", "🙂", "a" * 32_000, "\x00 \ud7ff", "word " * 5000])
def test_it_paints_something_for_any_words(client: OpenAI, prompt: str) -> None:
    assert opened(client.images.generate(**{**LAKE, "prompt": prompt}).data[0].b64_json).size == (256, 256)


def test_it_has_a_painter_for_every_place(client: OpenAI) -> None:
    """One picture each of all that can be painted, by the words that stand for it."""
    wanted = {"desert", "the sea", "firs", "trees", "hills", "mountains", "lights", "cut paper", "folds of colour"}
    asked = ["desert dunes", "sea waves on a beach", "forest of fir trees", "park with trees", "green hills, countryside", "mountains"]
    asked += ["party, celebration, birthday", "a thing, a tool, a vehicle", "feelings, love, soul"]
    told = " ".join(client.images.generate(**{**LAKE, "prompt": prompt}).data[0].revised_prompt for prompt in asked)

    assert {name for name in wanted if name in told} == wanted
    assert len(ELSEWHERE) + len(PATTERNS) == 7
    assert len({palette.name for palette in PALETTES}) == len(PALETTES)
