"""A team with models that make pictures, pictures made in code, and short ways to do what a page does."""

import io
import itertools
import time
import uuid

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw

from apps.images.models import Picture
from apps.images.uploads import keep_upload
from apps.providers.keys import encrypt
from apps.runs.executor import execute
from apps.runs.models import Run
from gateway import origin_of
from tests.loopback.picture_models import LEGACY, PICTURE_MODELS, PLAIN

marks = itertools.count(1)


def as_file(image, kind="PNG", name="picture.png", **settings):
    """What a browser posts."""
    body = io.BytesIO()
    image.save(body, kind, **settings)
    body.seek(0)
    body.name = name
    return body


def drawing(size=(300, 200), mode="RGB"):
    """A picture in which every pixel differs from its neighbours."""
    image = Image.effect_noise(size, 80).convert("RGB")
    ImageDraw.Draw(image).ellipse((20, 20, size[0] // 2, size[1] // 2), fill=(200, 60, 40))
    return image.convert(mode)


def painted(size, box, value=255):
    """What the painter posts: its alpha is what may change."""
    coverage = Image.new("L", size, 0)
    coverage.paste(value, box)
    return as_file(Image.merge("LA", (Image.new("L", size, 255), coverage)), name="mask.png")


@pytest.fixture
def models(provider):
    """The picture models of the loopback provider, by name. It has a key, as a provider that is paid has."""
    provider.dialect, provider.key, provider.key_origin = "openai", encrypt("sk-loop"), origin_of(provider.base_url)
    provider.save()
    old = type(provider).objects.create(
        team=provider.team, name="Old server", base_url=provider.base_url, dialect="other", private_origin=provider.private_origin
    )
    return {name: (old if name == LEGACY else provider).models.create(name=name) for name in PICTURE_MODELS}


@pytest.fixture
def upload(editor):
    def upload(image=None, name="Harbour.png", kind="PNG", **settings):
        return keep_upload(editor, as_file(image or drawing(), kind, **settings), name)

    return upload


@pytest.fixture
def picture(upload):
    return upload()


@pytest.fixture
def mark():
    """Words by which the loopback provider tells the requests of one test from all others."""
    return f"#t-{next(marks) + 0x9000:04x}"


@pytest.fixture
def post(as_editor, models, mark):
    """Post one of the three pages as a browser does."""

    def post(url, model=PLAIN, words="A small boat", *, client=None, htmx=False, key=None, **more):
        chosen = {"model": str(models[model].pk), "shown.model": ""}
        prompt = {"prompt": f"{words} {mark}".strip()} if words is not None else {}
        headers = {"HX-Request": "true"} if htmx else {}
        return (client or as_editor).post(url, {**chosen, **prompt, "key": key or uuid.uuid4().hex, **more}, headers=headers)

    return post


@pytest.fixture
def carried_out(transactional_db):
    """The newest run, executed as a worker would."""

    def carry_out():
        run = Run.objects.latest("id")
        execute([run.pk])
        until = time.monotonic() + 20
        while Run.objects.get(pk=run.pk).status == "queued" and time.monotonic() < until:
            time.sleep(0.05)
            execute([run.pk])
        return Run.objects.get(pk=run.pk)

    return carry_out


@pytest.fixture
def asked(loopback, mark):
    """The requests of this test that the provider saw."""
    return lambda: [each for each in loopback.requests() if each.token == mark]


@pytest.fixture
def make(post, carried_out):
    """Make pictures on the page and wait for them."""

    def make(model=PLAIN, **more):
        assert post(reverse("images:new"), model, **more).status_code == 303
        return carried_out()

    return make


@pytest.fixture
def edit(post, carried_out):
    def edit(picture, model=PLAIN, **more):
        answer = post(reverse("images:edit", args=[picture.pk]), model, keep_outside="on", **more)
        assert answer.status_code == 303, answer.content.decode()[-3000:]
        return carried_out()

    return edit


@pytest.fixture
def vary(post, carried_out):
    def vary(picture, model=LEGACY, **more):
        assert post(reverse("images:variations", args=[picture.pk]), model, **more).status_code == 303
        return carried_out()

    return vary


def pixels_of(picture: Picture) -> Image.Image:
    with picture.file.open("rb") as file:
        image = Image.open(file)
        image.load()
        return image
