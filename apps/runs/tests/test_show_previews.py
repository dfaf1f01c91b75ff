"""Unfinished pictures: shown while a call goes on, the newest alone, and gone or kept as what they are when it has ended."""

import asyncio
import io
import threading
import time
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.runs import files, registry, services, sweeper
from apps.runs.explanations import explain
from apps.runs.models import Run, RunFile
from apps.runs.operations import OutputFile
from apps.runs.tests.conftest import until
from tests.loopback.picture_models import HALF_STREAM, PLAIN, STALLED

pytestmark = pytest.mark.django_db(transaction=True)
PARTIAL, OUTPUT = RunFile.Role.PARTIAL, RunFile.Role.OUTPUT


@pytest.fixture
def held_back(monkeypatch):
    """The last picture of a stream comes only when this is set."""
    operation, may_come = registry.get("images.generate"), threading.Event()
    real = operation.fold

    def fold(event, state):
        if str(event.data.get("type", "")).endswith(".completed"):
            may_come.wait(10)
        real(event, state)

    monkeypatch.setattr(operation, "fold", fold)
    yield may_come
    may_come.set()


def shown(run):
    return list(RunFile.objects.filter(run=run, role=PARTIAL))


def test_the_newest_alone_is_kept_while_the_call_goes_on(ask_pictures, work_on, held_back, stored_files):
    run = ask_pictures(partial_images=3)
    worker = work_on(run)
    first = until(lambda: shown(run))[0]
    with first.file.open("rb") as file, Image.open(io.BytesIO(file.read())) as picture:
        assert picture.format == "WEBP" and max(picture.size) <= 768
    assert Run.objects.get(pk=run.pk).status == "streaming"
    assert len(stored_files()) <= 2  # the next one is stored before the last one goes
    held_back.set()
    worker.join(20)
    run.refresh_from_db()
    assert (run.status, [file.role for file in run.files.all()]) == ("completed", [OUTPUT])
    assert len(stored_files()) == 2  # the picture and its thumbnail


def test_a_stopped_call_keeps_the_last_one_and_says_that_it_is_unfinished(ask_pictures, work_on, loopback, stored_files):
    run = ask_pictures(STALLED, partial_images=2)
    worker = work_on(run)
    assert until(lambda: shown(run))
    stopped = time.monotonic()
    services.stop_run(run)
    worker.join(20)
    run.refresh_from_db()
    (call,) = loopback.picture_calls(run.mark)
    assert call.connection_closed_at - stopped < 2
    assert (run.status, run.cost_kind) == ("cancelled", "free")
    assert [(each.is_unfinished, each.width) for each in run.pictures.all()] == [(True, 1024)]
    assert explain(run).title == "Stopped in the middle." and not shown(run)
    assert len(stored_files()) == 2


def test_a_call_that_was_stopped_before_anything_came_says_so(ask_pictures, work_on, loopback, stored_files):
    run = ask_pictures("gpt-image-slow")
    worker = work_on(run)
    loopback.wait_for_call(run.mark)
    services.stop_run(run)
    worker.join(20)
    run.refresh_from_db()
    assert (run.status, explain(run).title, stored_files()) == ("cancelled", "Stopped before the first picture.", set())


def test_what_a_stopped_picture_cost_is_not_guessed_from_words(ask_pictures, work_on, team, editor):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=STALLED, prices={"image": "0.04", "input": "5", "output": "40"})
    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="gpt-image-1-stall", prices={"input": "5", "output": "40"})
    by_picture, by_token = ask_pictures(STALLED, partial_images=1), ask_pictures("gpt-image-1-stall", partial_images=1)
    workers = [work_on(by_picture), work_on(by_token)]
    for run, worker in zip((by_picture, by_token), workers, strict=True):
        assert until(lambda run=run: shown(run))
        services.stop_run(run)
        worker.join(20)
        run.refresh_from_db()
    assert (str(by_picture.cost.normalize()), by_picture.cost_kind) == ("0.04", "estimated")
    assert (by_token.cost, by_token.cost_kind) == (None, "unknown")


def test_a_stream_that_ends_without_a_picture_says_what_is_kept(bring_pictures):
    run = bring_pictures(HALF_STREAM, partial_images=2)
    assert (run.status, run.error_kind, len(run.requests)) == ("interrupted", "incomplete", 1)
    told = explain(run)
    assert (told.title, "0 words" in told.text) == ("The connection broke in the middle.", False)
    assert "What came so far is kept." in told.text


def test_one_that_cannot_be_shown_is_no_harm(ask_pictures, work_on, held_back, monkeypatch, stored_files):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "keep_partial", full)
    run = ask_pictures(partial_images=2)
    worker = work_on(run)
    assert until(lambda: Run.objects.get(pk=run.pk).status == "streaming")
    held_back.set()
    worker.join(20)
    run.refresh_from_db()
    assert run.status == "completed" and run.pictures.count() == 1


def test_none_is_kept_for_a_worker_that_lost_its_run(ask_pictures, stored_files):
    run = ask_pictures()
    old = Run.objects.claim(run.pk, "frozen")
    Run.objects.filter(pk=run.pk).update(status="unknown")
    with pytest.raises(files.NotHeld):
        files.keep_partial(old, OutputFile("a.webp", "image/webp", b"abc"))
    assert not shown(run) and stored_files() == set()


def test_the_sweeper_takes_those_that_a_dead_worker_left(ask_pictures, stored_files):
    run, other = ask_pictures(), ask_pictures()
    for each in (run, other):
        files.keep_partial(Run.objects.claim(each.pk, "dead"), OutputFile("a.webp", "image/webp", b"abc"))
    Run.objects.filter(pk=run.pk).update(status="unknown")
    sweeper.sweep()
    assert (len(shown(run)), len(shown(other)), len(stored_files())) == (0, 1, 1)


@pytest.fixture
def watch(async_client, editor):
    async def open_stream(run):
        await sync_to_async(async_client.force_login)(editor.user)
        return await async_client.get(reverse("runs:live"), {"runs": str(run.pk)})

    return open_stream


async def read_until(response, wanted, seconds=20):
    """What a page was told until then, and the stream is closed."""
    text, parts = "", aiter(response.streaming_content)
    async with asyncio.timeout(seconds):
        async for part in parts:
            text += part.decode()
            if wanted in text:
                break
    return text


async def test_pages_are_told_of_it_also_after_a_reload_and_in_a_second_tab(watch, ask_pictures, work_on, held_back, async_client):
    run = await sync_to_async(ask_pictures)(partial_images=1)
    work = await sync_to_async(work_on)(run)
    tabs = [await watch(run), await watch(run)]
    told = await asyncio.gather(*(read_until(tab, f"event: preview-{run.pk}") for tab in tabs))
    preview = await sync_to_async(lambda: RunFile.objects.get(run=run, role=PARTIAL))()
    address = f"{reverse('runs:file', args=[run.pk, preview.pk])}?preview"
    reloaded = asyncio.ensure_future(read_until(await watch(run), "event: done"))
    await asyncio.sleep(0.3)
    page = await async_client.get(address)
    assert (page.status_code, page["Content-Type"]) == (200, "image/webp")
    held_back.set()
    text = await reloaded
    await sync_to_async(work.join)(20)
    assert all(f"event: preview-{run.pk}" in each for each in told)
    assert text.count(f"event: preview-{run.pk}") == 1 and address in text
    assert text.index(f"event: preview-{run.pk}") < text.index(f"event: end-{run.pk}")
    assert text.count(f"event: end-{run.pk}") == 1 and "tile" in text.partition("event: end-")[2]
    assert len(text) < 20_000  # the picture itself is fetched, not told


async def test_a_page_that_comes_late_is_told_of_the_end_alone(watch, bring_pictures):
    run = await sync_to_async(bring_pictures)(PLAIN, partial_images=2)
    text = await read_until(await watch(run), "event: done")
    assert "preview-" not in text and text.count("event: end-") == 1


def made_by(team, provider):
    row = {"operation": "images.generate", "model": "m", "key": "k", "fingerprint": "f", "queued_at": timezone.now()}
    return Run.objects.create(team=team, provider=provider, **row)


def test_one_that_went_a_moment_ago_is_no_fault_of_the_page(as_editor, team, provider):
    url = reverse("runs:file", args=[made_by(team, provider).pk, uuid.uuid4()])
    assert as_editor.get(f"{url}?preview").status_code == 204
    assert as_editor.get(f"{url}?inline").status_code == 404


def test_one_of_another_team_stays_a_missing_one(as_editor, other_team, provider):
    url = reverse("runs:file", args=[made_by(other_team, provider).pk, uuid.uuid4()])
    assert as_editor.get(f"{url}?preview").status_code == 404
