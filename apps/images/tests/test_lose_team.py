"""A team, its owner's wish to delete everything, and calls for pictures that are under way at that moment."""

import pathlib
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts.data_keeping import housekeep
from apps.accounts.models import Team
from apps.images.models import Picture
from apps.runs import registry
from apps.runs.executor import execute
from apps.runs.models import Run, RunFile
from tests.loopback.picture_models import STALLED


@pytest.fixture
def stored(team):
    root = pathlib.Path(django_settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.glob(f"*/{team.pk}/**/*") if path.is_file()}


@pytest.fixture
def work_on(transactional_db, settings):
    """Execute a run in a thread, as a worker does."""
    settings.RUN_LEASE_RENEW = 0.2
    threads = []

    def begin(run):
        def work():
            try:
                execute([run.pk])
            finally:
                connection.close()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return threads[-1]

    yield begin
    for thread in threads:
        thread.join(20)


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def clean_up(seconds=10.0):
    deadline = time.monotonic() + seconds
    while housekeep() and time.monotonic() < deadline:
        pass


def test_a_team_that_is_deleted_meanwhile_is_purged_with_what_was_on_its_way(post, team, asked, work_on, stored):
    post(reverse("images:new"), STALLED, partial_images="1", **{"shown.partial_images": "0"})
    run = Run.objects.latest("pk")
    worker = work_on(run)
    wait_for(lambda: RunFile.objects.filter(run=run, role="partial").exists())
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    clean_up()
    worker.join(10)
    assert not worker.is_alive()
    (call,) = asked()
    assert call.connection_closed_at and not call.finished
    wait_for(lambda: clean_up() or not Team.objects.filter(pk=team.pk).exists())
    assert not Run.objects.exists() and not Picture.objects.exists() and not RunFile.objects.exists() and stored() == set()


@pytest.mark.parametrize("moment", ["while it is made ready", "while it is stored"])
def test_what_was_deleted_at_the_last_moment_is_not_filed(post, team, asked, work_on, stored, monkeypatch, moment):
    """ "Delete everything" is pressed when the pictures are here and their rows are not."""

    def delete_everything():
        Team.objects.filter(pk=team.pk).update(erase_before=timezone.now())
        clean_up()

    operation = registry.get("images.generate")
    real_refine, real_save = operation.refine, RunFile.file.field.attr_class.save
    if moment == "while it is made ready":
        monkeypatch.setattr(operation, "refine", lambda *args: (real_refine(*args), delete_everything())[0])
    else:
        monkeypatch.setattr(RunFile.file.field.attr_class, "save", lambda self, *a, **k: (real_save(self, *a, **k), delete_everything())[0])
    post(reverse("images:new"), n="2")
    run = Run.objects.latest("pk")
    work_on(run).join(20)
    run.refresh_from_db()
    assert (run.status, len(asked())) == ("completed", 1)
    assert not Picture.objects.exists()
    clean_up()
    run.refresh_from_db()
    assert run.erased_at and run.params == {} and not run.files.exists() and stored() == set()
