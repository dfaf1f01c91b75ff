import itertools
import pathlib
import tempfile
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection

from apps.runs import services
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.loopback.picture_models import PLAIN

marks = itertools.count(1)


@pytest.fixture
def ask(team, editor, provider):
    """Start a run on the loopback provider; `#t-…` in the question is how its requests are counted."""

    def start(model="steady", text="Count", key=None, **params):
        mark = f"#t-{next(marks):04x}"
        params = {"messages": [{"role": "user", "content": f"{text} {mark}"}], **params}
        run = services.start_run(
            team=team, person=editor.user, operation="chat.reply", provider=provider, model=model, params=params, key=key or mark
        )
        run.mark = mark
        return run

    return start


@pytest.fixture
def carry_out(transactional_db, ask, loopback):
    """Start a run, execute it as a worker would, and give the row with the number of requests the provider saw."""

    def run_to_end(model="steady", **params):
        run = ask(model, **params)
        execute([run.pk])
        while Run.objects.get(pk=run.pk).status == "queued":  # it waits for another try, which the queue would bring
            time.sleep(0.05)
            execute([run.pk])
        ended = Run.objects.get(pk=run.pk)
        ended.requests = [each for each in loopback.requests() if each.token == run.mark]
        return ended

    return run_to_end


@pytest.fixture
def ask_pictures(team, editor, provider):
    """Start a call for pictures on the loopback provider; `#t-…` in the words is how its requests are counted."""

    def start(model=PLAIN, **params):
        mark = f"#t-{next(marks):04x}"
        params = {"prompt": f"A boat {mark}", **params}
        common = {"team": team, "person": editor.user, "operation": "images.generate", "provider": provider}
        run = services.start_run(**common, model=model, params=params, key=mark)
        run.mark = mark
        return run

    return start


@pytest.fixture
def bring_pictures(transactional_db, ask_pictures, loopback):
    """Ask for pictures and execute the run to its end."""

    def bring(model=PLAIN, **params):
        run = ask_pictures(model, **params)
        execute([run.pk])
        ended = Run.objects.get(pk=run.pk)
        ended.requests = [each for each in loopback.requests() if each.token == run.mark]
        return ended

    return bring


@pytest.fixture
def work_on(transactional_db):
    """Execute a run in a thread, as a worker does."""
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
        thread.join(timeout=20)


@pytest.fixture
def stored_files(team):
    """The names of all files that are in the storage for this team."""
    root = pathlib.Path(django_settings.MEDIA_ROOT)
    return lambda: {str(path.relative_to(root)) for path in root.glob(f"*/{team.pk}/**/*") if path.is_file()}


@pytest.fixture
def passing(tmp_path, monkeypatch):
    """What lies in the folder for temporary files, which is empty at first."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lambda: sorted(path.name for path in tmp_path.iterdir())


def until(condition, seconds=10.0):
    """Its first true value; whatever it is at the end of the time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value
