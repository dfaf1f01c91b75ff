"""A disk that is full, wherever a picture is written: it is said, nothing half stays, nothing is asked again, the next call works."""

import errno

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from apps.runs import files, registry, services
from apps.runs.explanations import explain
from apps.runs.models import Run
from gateway.answers import Answer
from gateway.spilled import Spilled
from tests.loopback.picture_models import LINK, PLAIN

pytestmark = pytest.mark.django_db(transaction=True)


def full():
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def disk(monkeypatch):
    """After so many files the storage takes half of the next one and no more."""
    real = FileSystemStorage._save

    class Disk:
        room = 10**6

    def save(self, name, content):
        if Disk.room > 0:
            Disk.room -= 1
            return real(self, name, content)
        real(self, name, ContentFile(content.read(content.size // 2)))
        raise full()

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    return Disk


def is_said(run, kind="no_room"):
    told = explain(run)
    assert run.error_kind == kind, (run.status, run.error)
    assert told.title.startswith("There is no room for the result on this server.")
    assert "0 words" not in told.title + told.text
    return True


def test_the_first_picture_does_not_fit(bring_pictures, disk, stored_files, passing):
    disk.room = 0
    run = bring_pictures(n=3)
    assert (run.status, len(run.requests)) == ("failed", 1) and is_said(run)
    assert not run.files.exists() and stored_files() == set() and passing() == []
    disk.room = 10
    assert bring_pictures().status == "completed" and len(stored_files()) == 2


def test_its_thumbnail_does_not_fit(bring_pictures, disk, stored_files, passing):
    disk.room = 1
    run = bring_pictures()
    assert run.status == "failed" and is_said(run)
    assert not run.files.exists() and stored_files() == set() and passing() == []


def test_the_second_picture_does_not_fit(bring_pictures, disk, stored_files, passing):
    disk.room = 3
    run = bring_pictures(n=3)
    assert (run.status, len(run.requests)) == ("interrupted", 1) and is_said(run)
    assert (run.files.count(), run.pictures.count(), len(stored_files()), passing()) == (1, 1, 2, [])
    assert "What came so far is kept." in explain(run).text


def test_an_unfinished_picture_does_not_fit(bring_pictures, disk, stored_files, monkeypatch):
    disk.room = 0
    monkeypatch.setattr("apps.runs.results.files.keep_outputs", lambda run, outputs: setattr(disk, "room", 10))
    assert bring_pictures(partial_images=2).status == "completed"
    assert stored_files() == set()


def test_an_answer_does_not_fit_while_it_comes(bring_pictures, stored_files, passing, monkeypatch):
    class Full:
        def write(self, data):
            raise full()

        def close(self):
            raise full()

    real = Spilled.open_next

    def open_next(self):
        real(self).close()
        return Full()

    monkeypatch.setattr(Spilled, "open_next", open_next)
    run = bring_pictures(n=2)
    assert (run.status, len(run.requests)) == ("failed", 1) and is_said(run)
    assert run.error["reached_provider"] and stored_files() == set() and passing() == []
    monkeypatch.setattr(Spilled, "open_next", real)
    assert bring_pictures().status == "completed"


def test_what_was_sent_is_told_as_perhaps_charged(bring_pictures, team, monkeypatch):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=PLAIN, prices={"image": "0.04", "input": "5", "output": "40"})

    def open_next(self):
        raise full()

    monkeypatch.setattr(Spilled, "open_next", open_next)
    run = bring_pictures()
    assert (run.cost, run.cost_kind) == (None, "unknown")
    assert explain(run).text == "Ask who runs it to make some. It may have been charged."


def test_a_linked_picture_does_not_fit(bring_pictures, passing, monkeypatch):
    async def save_file(self, path):
        path.write_bytes(b"half")
        raise full()

    monkeypatch.setattr(Answer, "save_file", save_file)
    run = bring_pictures(LINK, n=3)
    assert (run.status, [each.path for each in run.requests].count("/v1/images/generations")) == ("failed", 1) and is_said(run)
    assert passing() == []


@pytest.mark.parametrize("number", [0, 1])
def test_a_picture_that_is_put_together_does_not_fit(bring_pictures, stored_files, passing, monkeypatch, number):
    """Another reason than that it is no picture, also where the first one was fine."""
    operation = registry.get("images.generate")
    real = operation.refine

    def refine(result, params, inputs):
        real(result, params, inputs)
        raise full()

    monkeypatch.setattr(operation, "refine", refine)
    run = bring_pictures(n=1 + number)
    assert (run.status, len(run.requests), stored_files(), passing()) == ("failed", 1, set(), []) and is_said(run)


def test_a_streamed_picture_does_not_fit_while_it_waits(bring_pictures, passing, monkeypatch):
    def put_down(file, path):
        path.write_bytes(file.body[:10])
        raise full()

    monkeypatch.setattr(files, "_put_down", put_down)
    run = bring_pictures(partial_images=1)
    assert run.status == "failed" and is_said(run) and passing() == []


def test_a_storage_that_is_broken_in_another_way_is_said_too(bring_pictures, monkeypatch, stored_files):
    class StorageIsAway(Exception):
        pass

    def save(self, name, content):
        raise StorageIsAway

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    run = bring_pictures()
    assert (run.status, run.error_kind) == ("failed", "not_stored")
    assert explain(run).title == "This server could not store the result."


def test_nothing_stays_of_a_run_whose_files_do_not_fit(team, editor, provider, disk, stored_files):
    given = [files.NewFile("input", f"{number}.png", "image/png", ContentFile(b"abcdef")) for number in range(3)]
    disk.room = 2
    with pytest.raises(OSError, match="No space left"):
        services.start_run(
            team=team,
            person=editor.user,
            operation="images.edit",
            provider=provider,
            model=PLAIN,
            params={"prompt": "A boat"},
            files=given,
            key="k",
        )
    assert stored_files() == set() and not Run.objects.exists()
