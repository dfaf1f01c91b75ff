import itertools

import pytest
from django.urls import reverse

from apps.runs.executor import execute
from apps.runs.models import Run

TEXT = "The lighthouse had been dark for eleven years when"
WORDS = "base-words"


@pytest.fixture
def continuing(transactional_db, provider):
    """The provider, with a model that continues texts."""
    provider.endpoints = {"completions": {"state": "works"}}
    provider.save()
    provider.models.create(name=WORDS)
    return provider


@pytest.fixture
def post(as_editor, continuing):
    """Post the form with a model, as the page does. Settings are touched ones."""
    numbers = itertools.count(1)

    def send(text=TEXT, model=WORDS, key=None, client=None, **more):
        chosen, _is_new = continuing.models.get_or_create(name=model)
        shown = {f"shown.{name}": "" for name in more if not name.startswith("HTTP_")}
        form = {"text": text, "model": str(chosen.pk), "shown.model": "", "key": key or f"k{next(numbers)}", **more, **shown}
        return (client or as_editor).post(reverse("completions:new"), form)

    return send


@pytest.fixture
def go_on(post):
    """The run that comes of it, carried out by the real executor."""

    def send(*values, **more):
        page = post(*values, **more)
        assert page.status_code == 303, page.text
        run = Run.objects.latest("id")
        execute([run.pk])
        run.refresh_from_db()
        return run

    return send


@pytest.fixture
def page_of(as_editor):
    def show(run, client=None):
        page = (client or as_editor).get(reverse("completions:text", args=[run.pk]))
        assert page.status_code == 200
        return page.text

    return show
