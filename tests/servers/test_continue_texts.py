"""A server is added as an admin does it; then its models continue a text on the page."""

import pytest
from django.urls import reverse

from apps.runs.executor import execute
from apps.runs.models import Run
from tests.servers.test_talk_to_servers import added, as_admin, server  # noqa: F401  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
TEXT = "The capital of Germany is Berlin. The capital of France is"


def test_it_continues_a_text(added, server, as_admin):  # noqa: F811
    for name in server.models:
        chosen = {"model": str(added.models.get(name=name).pk), "shown.model": ""}
        length = {"max_tokens": "8", "shown.max_tokens": "256", "temperature": "0", "shown.temperature": "1"}
        answer = as_admin.post(reverse("completions:new"), {"text": TEXT, "key": name, **chosen, **length})
        assert answer.status_code == 303, answer.content.decode()
        run = Run.objects.latest("id")
        execute([run.pk])
        run.refresh_from_db()
        assert (run.status, run.error, run.model) == ("completed", {}, name)
        assert "Paris" in run.text and run.finish_reason == "length", (run.text, run.usage)
        assert 0 < run.usage["output"] <= 8 and run.usage["input"] > 8, run.usage
        shown = as_admin.get(answer.url).text
        assert f'{TEXT}</span><ins class="added-words">' in shown
