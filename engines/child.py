"""What runs in every child of a `Studio`: each line on standard input is a job, each on standard output an answer.

Files travel as paths, which stand in the jobs. The pipe stays open: when it closes, the parent is gone (however
it died) and so is this process, even in the middle of its work.
"""

import json
import logging
import os
import pathlib
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from engines.errors import ApiError

# Chat answers while somebody reads along; everything else may take a moment longer.
POLITENESS = 10

Tell = Callable[[dict[str, Any]], None]


class Worker(Protocol):
    """Does jobs, one after the other. `tell` is for what is known on the way; ApiError refuses the job."""

    def do(self, job: dict[str, Any], tell: Tell) -> dict[str, Any]: ...


def serve(make_worker: Callable[[pathlib.Path, int], Worker]) -> None:
    """Works until the parent is gone. `make_worker` gets the folder of the weights and how many threads are ours."""
    # Ctrl+C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    os.nice(POLITENESS)
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=read_jobs, args=(jobs,), daemon=True).start()
    worker = make_worker(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
    while True:
        work(worker, jobs.get())


def read_jobs(jobs: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        jobs.put(line)
    os._exit(0)


def work(worker: Worker, line: str) -> None:
    try:
        reply = {"done": worker.do(json.loads(line), tell_partial)}
    except ApiError as refused:
        error = {"status": refused.status, "message": refused.message, "code": refused.code, "param": refused.param, "kind": refused.kind}
        reply = {"error": error}
    tell(reply)


def tell_partial(made: dict[str, Any]) -> None:
    tell({"partial": made})


def tell(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)  # noqa: T201
