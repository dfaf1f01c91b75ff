import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.moderation.models import Judging
from apps.providers.models import Model
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.loopback.safety_models import OMNI, SAFETY_MODELS


@pytest.fixture
def checking(transactional_db, provider):
    """The provider, with the models that check."""
    provider.endpoints = {"moderation": {"state": "works"}}
    provider.save()
    Model.objects.bulk_create(Model(provider=provider, name=name) for name in SAFETY_MODELS)
    return provider


@pytest.fixture
def carry_out():
    """Do what workers do until nothing is left to do."""

    def run_to_end():
        from apps.runs import followups

        for _round in range(200):
            for pk in Judging.objects.filter(state="working").values_list("pk", flat=True):
                followups.work_now("judging", pk)
            for pk in Run.objects.filter(status="queued", gate="waiting").values_list("pk", flat=True):
                followups.work_now("gate", pk)
            waiting = Run.objects.due()
            if not waiting:
                break
            execute(waiting)

    return run_to_end


@pytest.fixture
def bring(as_editor, checking):
    """Post the form with a model, as the page does."""

    def post(text="", model=OMNI, key="k1", files=(), each="whole", **more):
        chosen = checking.models.get(name=model)
        form = {"text": text, "key": key, "each": each, "model": str(chosen.pk), "shown.model": "", **more}
        return as_editor.post("/safety/", {**form, **({"file": list(files)} if files else {})})

    return post


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def picture_file(colour: str = "red", name: str = "kitchen.png", kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    page = io.BytesIO()
    Image.new("RGB", size, colour).save(page, kind)
    return SimpleUploadedFile(name, page.getvalue(), content_type=f"image/{kind.lower()}")


def table_file(text: str, name: str = "comments.csv", encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(encoding), content_type="text/csv")
