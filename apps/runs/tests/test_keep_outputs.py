"""Files that a call brought, and the moment between a file and its row: a dead worker, a lost claim, a database that goes away."""

import contextlib
import datetime
import io
import pathlib

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from PIL import Image

from apps.runs import files, keepers, registry, services, sweeper
from apps.runs.executor import execute
from apps.runs.explanations import explain
from apps.runs.models import Attempt, Run, RunFile
from apps.runs.operations import OutputFile
from apps.runs.tests.conftest import until
from apps.runs.transitions import RunQuerySet
from tests.loopback.picture_models import BUSY_FIRST, PLAIN, REFUSES_QUALITY

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = OutputFile("a.png", "image/png", b"abc", details={"width": 3, "height": 2}, thumbnail=b"small")


@pytest.fixture
def claimed(ask_pictures):
    """A run in the hands of a worker that has sent it."""
    run = ask_pictures()
    held = Run.objects.claim(run.pk, "worker")
    Run.objects.begin_attempt(run.pk, held.fence)
    return held


def let_lease_run_out(run):
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


class Killed(BaseException):
    """Nothing of ours runs after it."""


def test_a_file_whose_worker_was_killed_before_its_row_goes(claimed, stored_files, monkeypatch):
    monkeypatch.setattr(files, "_all_or_nothing", lambda row: contextlib.nullcontext())  # a killed process tidies nothing
    monkeypatch.setattr(RunQuerySet, "hold", lambda *args: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        files.keep_outputs(claimed, [PICTURE])
    assert len(stored_files()) == 2 and not claimed.files.exists()
    monkeypatch.undo()
    let_lease_run_out(claimed)
    sweeper.sweep()
    claimed.refresh_from_db()
    assert (claimed.status, claimed.error_kind, stored_files()) == ("unknown", "worker_gone", set())
    assert not list(pathlib.Path(settings.MEDIA_ROOT).glob(f"runs/{claimed.team_id}/*"))
    assert "before the answer was kept" in explain(claimed).title


def test_pictures_whose_worker_was_killed_before_the_end_stay_and_are_told(claimed, stored_files):
    files.keep_outputs(claimed, [PICTURE, PICTURE])
    let_lease_run_out(claimed)
    sweeper.sweep()
    claimed.refresh_from_db()
    assert (claimed.status, claimed.pictures.count(), len(stored_files())) == ("interrupted", 2, 4)
    told = explain(claimed)
    assert told.title == "This server stopped in the middle." and "What came so far is kept." in told.text
    assert Attempt.objects.get(run=claimed).outcome == "interrupted"


def test_inputs_of_a_dead_workers_run_stay(team, editor, provider, stored_files):
    given = [files.NewFile("input", "a.png", "image/png", ContentFile(b"abc"))]
    asked = {"team": team, "person": editor.user, "operation": "images.edit", "provider": provider, "model": PLAIN}
    run = services.start_run(**asked, params={"prompt": "A boat"}, key="k", files=given)
    held = Run.objects.claim(run.pk, "worker")
    Run.objects.begin_attempt(run.pk, held.fence)
    let_lease_run_out(run)
    sweeper.sweep()
    assert Run.objects.get(pk=run.pk).status == "unknown"
    assert run.files.get().file.read() == b"abc" and len(stored_files()) == 1


def test_a_worker_that_lost_its_run_keeps_nothing_but_the_cost(ask_pictures, monkeypatch, stored_files):
    """It was frozen while the sweeper ended the run, and wakes when the pictures are made ready."""
    run = ask_pictures(n=2)
    operation = registry.get("images.generate")
    real = operation.refine

    def refine(*args):
        while not Run.objects.get(pk=run.pk).is_final:  # the supervisor may prolong the lease in between
            let_lease_run_out(run)
            sweeper.sweep()
        return real(*args)

    monkeypatch.setattr(operation, "refine", refine)
    execute([run.pk])
    run.refresh_from_db()
    attempt = Attempt.objects.get(run=run)
    assert (run.status, run.error_kind, run.pictures.count(), stored_files()) == ("unknown", "worker_gone", 0, set())
    assert (attempt.outcome, attempt.usage["images"]) == ("completed", 2)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_database_that_goes_away_doubles_nothing(bring_pictures, monkeypatch, stored_files, moment):
    """The connection may break before the row is written or after it: nobody knows which."""
    real, broken = RunFile.save, []

    def save(self, *args, **kwargs):
        if moment == "after":
            real(self, *args, **kwargs)
        if not broken:
            broken.append(1)
            raise OperationalError("gone")
        if moment == "before":
            real(self, *args, **kwargs)

    monkeypatch.setattr(RunFile, "save", save)
    run = bring_pictures(n=2)
    assert (run.status, run.files.count(), run.pictures.count(), len(stored_files())) == ("completed", 2, 2, 4)


def test_a_row_that_was_written_is_not_written_again(claimed):
    row = RunFile(run=claimed, role="output", name="a", content_type="image/png", size=3)
    row.file.save("x", ContentFile(b"abc"), save=False)
    for _time in range(2):
        files._save_output(row, PICTURE)
    assert claimed.files.count() == claimed.pictures.count() == 1


def test_what_went_at_that_moment_is_looked_at_again(bring_pictures, monkeypatch, stored_files):
    """The picture that it was made from was deleted between the question and the row."""
    real, asked = keepers.rows_for, []

    def rows_for(*args):
        asked.append(1)
        if len(asked) == 1:
            raise IntegrityError("FOREIGN KEY constraint failed")
        return real(*args)

    monkeypatch.setattr(keepers, "rows_for", rows_for)
    run = bring_pictures()
    assert (run.status, run.pictures.count(), len(stored_files())) == ("completed", 1, 2)


def test_a_bug_of_a_keeper_leaves_nothing_and_ends_the_run(bring_pictures, monkeypatch, stored_files):
    monkeypatch.setattr(keepers, "rows_for", lambda *args: 1 / 0)
    run = bring_pictures()
    assert (run.status, run.error_kind, run.files.exists(), stored_files()) == ("failed", "not_stored", False, set())


def test_the_inputs_are_staged_again_for_each_try(team, editor, provider, loopback):
    """429 and then well: the same bytes twice."""
    body = pixels()
    given = [files.NewFile("input", "image-1.png", "image/png", ContentFile(body))]
    asked = {"team": team, "person": editor.user, "operation": "images.edit", "provider": provider, "model": BUSY_FIRST}
    run = services.start_run(**asked, params={"prompt": "A boat #t-7e01"}, key="k", files=given)

    def go_on():
        execute([run.pk])
        return Run.objects.get(pk=run.pk).is_final

    assert until(go_on)
    calls = loopback.picture_calls("#t-7e01")
    assert [[each.sha256 for each in call.files] for call in calls] == [[calls[0].files[0].sha256]] * 2
    assert loopback.upload(calls[1].files[0].sha256) == body
    assert Run.objects.get(pk=run.pk).status == "completed"


def test_a_refused_setting_of_a_call_with_files_is_left_out_once(team, editor, provider, loopback):
    given = [files.NewFile("input", "image-1.png", "image/png", ContentFile(pixels()))]
    asked = {"team": team, "person": editor.user, "operation": "images.edit", "provider": provider, "model": REFUSES_QUALITY}
    run = services.start_run(**asked, params={"prompt": "A boat #t-7e02", "quality": "high"}, key="k", files=given)
    execute([run.pk])
    run.refresh_from_db()
    calls = loopback.picture_calls("#t-7e02")
    assert ["quality" in call.fields for call in calls] == [True, False]
    assert run.status == "completed" and all(len(call.files) == 1 for call in calls)


def test_an_input_that_is_gone_for_the_second_try_ends_the_run_at_once(team, editor, provider, loopback, monkeypatch):
    """Nothing is under way then: nobody has to wait until the lease is over, and nothing was charged."""
    given = [files.NewFile("input", "image-1.png", "image/png", ContentFile(pixels()))]
    asked = {"team": team, "person": editor.user, "operation": "images.edit", "provider": provider, "model": REFUSES_QUALITY}
    run = services.start_run(**asked, params={"prompt": "A boat #t-7e03", "quality": "high"}, key="k", files=given)
    real, staged = files.stage_inputs, []

    def stage_inputs(of):
        if staged:
            default_storage.delete(run.files.get().file.name)
        staged.append(1)
        return real(of)

    monkeypatch.setattr(files, "stage_inputs", stage_inputs)
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.cost_kind) == ("failed", "file_gone", "none")
    assert len(loopback.picture_calls("#t-7e03")) == 1


def test_a_repeated_call_whose_inputs_are_gone_says_so(as_editor, team, editor, provider):
    given = [files.NewFile("input", "image-1.png", "image/png", ContentFile(b"abc"))]
    asked = {"team": team, "person": editor.user, "operation": "images.edit", "provider": provider, "model": PLAIN}
    run = services.start_run(**asked, params={"prompt": "A boat"}, key="k", files=given)
    Run.objects.filter(pk=run.pk).update(status="completed")
    default_storage.delete(run.files.get().file.name)
    page = as_editor.post(f"/history/{run.pk}/again/", {"key": "k2"}, follow=True)
    assert page.status_code == 200 and "is not on this server any more" in page.content.decode()
    assert Run.objects.count() == 1


def pixels():
    body = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(body, "PNG")
    return body.getvalue()
