import itertools
import time

import pytest

from apps.runs import services
from apps.runs.executor import execute
from apps.runs.models import Run

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
