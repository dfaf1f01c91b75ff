import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import rows
from apps.core.lists import Brought
from apps.providers.choices import choices_of
from apps.providers.chosen import Chosen
from apps.providers.models import Model
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.similarity import held, services
from apps.similarity.models import Side
from tests.loopback.embedding_models import EMBEDDING_MODELS, WORDS

TEXTS = ("red apple", "green apple", "old boat", "new boat", "tax form")
LINES = "\n".join(TEXTS)


@pytest.fixture
def reading(transactional_db, provider, loopback):
    """The provider, with the models that turn texts to numbers; it has heard of nothing yet."""
    loopback.reset()
    held.forget()
    provider.endpoints = {"embeddings": {"state": "works"}}
    provider.save()
    Model.objects.bulk_create(Model(provider=provider, name=name) for name in EMBEDDING_MODELS)
    return provider


@pytest.fixture
def carry_out():
    """Do what workers do until nothing is left to do; the sides of a set as they are then."""

    def run_to_end(row=None, rounds=60):
        from apps.runs import followups

        for _round in range(rounds):
            for pk in Side.objects.values_list("pk", flat=True):
                followups.work_now("similarity", pk)
                followups.work_now("comparing", pk)
            waiting = list(Run.objects.filter(status="queued").values_list("pk", flat=True))
            if not waiting:
                break
            execute(waiting)
        return list((Side.objects.all() if row is None else row.sides.all()).order_by("position"))

    return run_to_end


@pytest.fixture
def post(as_editor, reading):
    """Post rows as the page does."""

    def send(text=LINES, model=WORDS, key="", files=(), **more):
        wanted = Model.objects.get(provider=reading, name=model)
        form = {"text": text, "key": key or uuid.uuid4().hex, "model": str(wanted.pk), "shown.model": "", **more}
        if files:
            form["file"] = [SimpleUploadedFile(name, body) for name, body in files]
        return as_editor.post(reverse("similarity:new"), form)

    return send


@pytest.fixture
def compared(post, carry_out):
    """Rows that were compared; the address of their page."""

    def bring(text=LINES, **more):
        page = post(text, **more)
        assert page.status_code == 303, words_of(page.text)
        carry_out()
        return page.url

    return bring


@pytest.fixture
def compare(editor, reading):
    """Bring texts as the page does."""

    def bring(texts=TEXTS, model=WORDS, member=editor, key="", **parameters):
        [choice] = choices_of(member.team, Model.objects.filter(provider=reading, name=model))
        brought = Brought([rows.Row(number, text) for number, text in enumerate(texts, 1)])
        return services.compare(member, services.Bringing(brought), Chosen(choice, parameters), key or uuid.uuid4().hex)

    return bring


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
