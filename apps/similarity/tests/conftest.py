import re

import pytest

from apps.providers.models import Model
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.similarity import held
from apps.similarity.models import Side
from tests.loopback.embedding_models import EMBEDDING_MODELS


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


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
