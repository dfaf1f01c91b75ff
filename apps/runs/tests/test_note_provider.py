"""What a finished call tells of its provider, through the real executor."""

import socket

import pytest
from django.utils import timezone

from apps.providers import health
from apps.providers.models import Provider
from apps.providers.tests.recorded_server import serve_recorded
from apps.runs.executor import execute
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_process():
    health._noted.clear()


def test_it_has_the_provider_looked_at_again_when_nobody_was_there(ask, provider, settings):
    settings.RUN_MAX_TRIES = 1
    with socket.socket() as taken:  # bound but not listening: refused at once, and no one else can take the port
        taken.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
        Provider.objects.filter(pk=provider.pk).update(base_url=f"{origin}/v1", private_origin=origin)
        run = ask("steady")
        execute([run.pk])
    provider.refresh_from_db()
    assert Run.objects.get(pk=run.pk).error_kind == "unreachable"
    assert provider.recheck_at <= timezone.now()


@pytest.mark.parametrize("model", ["steady", "404", "401", "500"])
def test_it_leaves_the_provider_alone_when_it_was_there(carry_out, provider, model):
    carry_out(model)
    provider.refresh_from_db()
    assert provider.recheck_at is None


def test_it_ends_the_run_though_the_health_cannot_be_noted(ask, monkeypatch):
    from django.db import OperationalError

    def fail(*args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(health, "note_limits", fail)
    run = ask("steady")
    execute([run.pk])
    assert Run.objects.get(pk=run.pk).status == "completed"


def test_it_keeps_what_an_answer_says_is_left(ask, provider):
    with serve_recorded("vllm") as server:
        server.word["headers"] = {"x-ratelimit-remaining-requests": "41", "x-ratelimit-reset-requests": "1m30s"}
        origin = server.url("")
        Provider.objects.filter(pk=provider.pk).update(base_url=server.url(), private_origin=origin)
        execute([ask("pot-7b").pk])
    provider.refresh_from_db()
    assert provider.limits_left == {"requests": 41, "requests_reset": 90.0}
