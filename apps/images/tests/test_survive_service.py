"""Each way in which a service of pictures misbehaves: how the run ends, what is said and charged, how often it was asked, what is left."""

import errno
import io
import pathlib
import tempfile
from dataclasses import dataclass

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from apps.images import finishing
from apps.images.bin import PICTURES
from apps.images.models import Picture
from apps.images.tests.conftest import painted
from apps.runs.explanations import explain
from tests.loopback import picture_models as models_of

NEW = "/images/new/"


@dataclass(frozen=True)
class End:
    """`pictures` are kept; `said` is in the words for the person."""

    model: str
    status: str
    kind: str = ""
    said: str = ""
    pictures: int = 0
    calls: int = 1
    cost: str = "unknown"


def failed(model, kind, said, cost="none", **more):
    return End(model, "failed", kind, said, cost=cost, **more)


ENDS = [
    End(models_of.PLAIN, "completed", pictures=2),
    End(models_of.ANY_SIZE, "completed", pictures=2),
    End(models_of.EXACT, "completed", pictures=2),
    End(models_of.WITH_DONE, "completed", pictures=2),
    End(models_of.IGNORES_STREAM, "completed", pictures=2),
    End(models_of.LINK, "completed", pictures=2),
    End(models_of.WRONG_SIZE, "completed", pictures=2),
    End(models_of.WRONG_FORMAT, "completed", pictures=2),
    End(models_of.FEWER, "completed", pictures=1),
    End(models_of.ONE_BROKEN, "completed", pictures=1),
    End(models_of.BUSY_FIRST, "completed", pictures=2, calls=2),
    failed(models_of.GONE_LINK, "link", "", cost="unknown"),
    failed(models_of.FOREIGN_LINK, "link", "", cost="unknown"),
    failed(models_of.PAGE_LINK, "link", "", cost="unknown"),
    failed(models_of.BLOCKED, "policy", "The safety system stopped this picture."),
    failed(models_of.BLOCKED_LATE, "policy", "The safety system stopped this picture."),
    failed(models_of.WRONG_KEY, "auth", "did not accept the key"),
    failed(models_of.NO_CREDIT, "quota", "no credit left"),
    failed(models_of.FAILING, "server", "has a problem", cost="unknown"),
    failed(models_of.NONE, "bad_answer", "no picture", cost="unknown"),
    failed(models_of.BROKEN_BASE64, "bad_answer", "no picture", cost="known"),
    failed(models_of.TEXT, "bad_answer", "no picture", cost="known"),
    failed(models_of.SVG, "bad_answer", "no picture", cost="known"),
    failed(models_of.BOMB, "bad_answer", "no picture", cost="known"),
    End(models_of.CUT, "unknown", "cut", "closed the connection without an answer"),
    End(models_of.RESET, "unknown", "cut", "closed the connection without an answer"),
    End(models_of.STALLED, "unknown", "timeout_silence", "No answer in"),
    End(models_of.SLOW, "unknown", "timeout_first_byte", "No answer in"),
]
STREAMED = [
    End(models_of.PLAIN, "completed", pictures=1),
    End(models_of.WITH_DONE, "completed", pictures=1),
    End(models_of.IGNORES_STREAM, "completed", pictures=1),
    End(models_of.WRONG_FORMAT, "completed", pictures=1),
    End(models_of.HUGE, "completed", pictures=1),
    failed(models_of.TEXT, "bad_answer", "no picture", cost="known"),
    failed(models_of.BOMB, "bad_answer", "no picture", cost="known"),
    failed(models_of.WRONG_KEY, "auth", "did not accept the key"),
    End(models_of.BLOCKED_LATE, "interrupted", "policy", "The safety system stopped this picture.", pictures=1),
    End(models_of.HALF_STREAM, "interrupted", "incomplete", "What came so far is kept.", pictures=1),
    End(models_of.CUT, "interrupted", "cut", "What came so far is kept.", pictures=1),
    End(models_of.STALLED, "interrupted", "timeout_silence", "The model fell silent in the middle.", pictures=1),
]


@pytest.fixture
def bounded(settings, monkeypatch):
    """Short patience with services that fall silent, and ample with all others: a busy machine is no fault of theirs."""

    def bound(end):
        if end.kind.startswith("timeout"):
            settings.RUN_FIRST_BYTE_TIMEOUT = settings.RUN_SILENCE_TIMEOUT = 1.5
            monkeypatch.setattr("apps.images.operations.PictureOperation.first_byte", 0.0)

    return bound


@pytest.fixture
def passing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(path.name for path in tmp_path.iterdir())


@pytest.fixture
def stored(team):
    root = pathlib.Path(django_settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.glob(f"*/{team.pk}/**/*") if path.is_file()}


def is_as_promised(run, end, asked, passing, stored, page):
    assert (run.status, run.error_kind) == (end.status, end.kind), run.error
    assert len([call for call in asked() if call.path.startswith("/v1/images")]) == end.calls == run.attempts.count()
    assert run.pictures.count() == run.files.filter(role="output").count() == end.pictures
    assert not run.files.filter(role="partial").exists()
    assert len([name for name in stored() if name.startswith("runs/")]) == 2 * end.pictures
    assert passing() == []
    if end.status != "completed":
        told = explain(run)
        assert told.title and end.said in f"{told.title} {told.text}" and "0 words" not in told.title
        assert told.title in page
    if end.status == "failed":
        assert run.cost_kind == end.cost
    return True


@pytest.fixture
def price(team):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="*", prices={"image": "0.04", "input": "5", "output": "40"})


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.model)
def test_it_ends_as_promised(make, asked, passing, stored, as_editor, price, bounded, end):
    bounded(end)
    run = make(end.model, n="2")
    page = as_editor.get(reverse("runs:receipt", args=[run.pk])).content.decode()
    assert is_as_promised(run, end, asked, passing, stored, page)


@pytest.mark.parametrize("end", STREAMED, ids=lambda end: end.model)
def test_it_ends_as_promised_in_a_stream(make, asked, passing, stored, as_editor, price, bounded, end):
    bounded(end)
    run = make(end.model, partial_images="2", **{"shown.partial_images": "0"})
    assert run.request["json"]["stream"] is True
    page = as_editor.get(NEW).content.decode().replace("&#x27;", "'")
    assert is_as_promised(run, end, asked, passing, stored, page)
    assert [each.is_unfinished for each in run.pictures.all()] == [end.status == "interrupted"] * end.pictures


@pytest.mark.parametrize("model", [models_of.BUSY_FIRST, models_of.REFUSES_QUALITY])
def test_an_edit_that_is_sent_twice_has_the_same_files_each_time(edit, picture, asked, passing, model):
    run = edit(picture, model, mask=painted((300, 200), (20, 20, 120, 120)), quality="high", **{"shown.quality": "auto"})
    first, second = asked()
    assert run.status == "completed", run.error
    assert [(part.field, part.sha256) for part in first.files] == [(part.field, part.sha256) for part in second.files]
    assert [part.field for part in first.files] == ["image", "mask"] and passing() == []


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        (models_of.FAILING, "failed", "server"),
        (models_of.RESET, "unknown", "cut"),
        (models_of.CUT, "unknown", "cut"),
        (models_of.TEXT, "failed", "bad_answer"),
        (models_of.WRONG_KEY, "failed", "auth"),
    ],
)
def test_an_edit_that_fails_is_sent_once_and_leaves_its_inputs(edit, picture, asked, passing, stored, model, status, kind):
    before = stored()
    run = edit(picture, model, mask=painted((300, 200), (20, 20, 120, 120)))
    assert (run.status, run.error_kind, len(asked())) == (status, kind, 1)
    assert Picture.objects.count() == 1 and passing() == []
    kept = {str(file.file.name) for file in run.files.all()}
    assert {file.role for file in run.files.all()} == {"input", "mask"}
    assert {name for name in stored() - before if name.startswith("runs/")} == kept


def test_an_edit_that_is_repeated_after_its_picture_is_gone_has_its_own_copies(edit, picture, asked, as_editor, carried_out):
    from apps.images.holdings import remove_pictures
    from apps.runs.models import Run

    run = edit(picture, mask=painted((300, 200), (20, 20, 120, 120)))
    again = reverse("runs:again", args=[run.pk])
    assert as_editor.post(again, {"key": "again-1"}).status_code == 302  # queued with copies of its own
    waiting = Run.objects.latest("pk")
    remove_pictures(Picture.objects.filter(pk=picture.pk), 10)
    assert not Picture.objects.filter(pk=picture.pk).exists()
    ended = carried_out()
    assert (ended.pk, ended.status) == (waiting.pk, "completed"), ended.error
    first, second = asked()
    assert [part.sha256 for part in first.files] == [part.sha256 for part in second.files]
    made = ended.pictures.get()
    assert made.made_from is None and made.is_exact


def test_a_source_that_is_put_away_meanwhile_is_no_harm(post, picture, editor, carried_out, asked):
    answer = post(reverse("images:edit", args=[picture.pk]), keep_outside="on", mask=painted((300, 200), (20, 20, 120, 120)))
    assert answer.status_code == 303
    PICTURES.put_away(editor, [picture.pk])
    run = carried_out()
    assert (run.status, len(asked())) == ("completed", 1)
    assert run.pictures.get().made_from_id == picture.pk


@pytest.mark.parametrize("place", ["came", "whole"])
def test_a_disk_that_is_full_while_pictures_are_put_together_is_said(edit, picture, asked, passing, stored, monkeypatch, place):
    """Not that they were no pictures, and not for the first of them alone."""
    real = pathlib.Path.open

    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(self, mode="r", *args, **kwargs):
        is_meant = "playground-pictures-" in str(self) and "w" in mode and (place == "came") == (self.suffix != ".whole")
        return Full() if is_meant else real(self, mode, *args, **kwargs)

    monkeypatch.setattr(pathlib.Path, "open", opened)
    if place == "came":  # what came in memory goes to the disk
        monkeypatch.setattr("apps.runs.files.put_down", lambda result: None)
        run = edit(picture, partial_images="1", **{"shown.partial_images": "0"})
    else:
        run = edit(picture, mask=painted((300, 200), (20, 20, 120, 120)), n="2", **{"shown.n": "1"})
    assert (run.status, run.error_kind, len(asked()), passing()) == ("failed", "no_room", 1, [])
    assert explain(run).title == "There is no room for the result on this server."


def test_a_picture_that_is_too_damaged_for_a_thumbnail_takes_no_other(make, monkeypatch):
    from apps.images.pictures.unusable import damaged

    real, seen = finishing.thumbnail, []

    def thumbnail(image, *args):
        seen.append(1)
        if len(seen) == 1:
            raise damaged("PNG")
        return real(image, *args)

    monkeypatch.setattr(finishing, "thumbnail", thumbnail)
    run = make(n="3", **{"shown.n": "1"})
    assert (run.status, run.pictures.count()) == ("completed", 2)
