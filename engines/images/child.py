"""The process that makes pictures. Each line on standard input is a job, each on standard output an answer.

    python -m engines.images.child WEIGHTS THREADS     (started by `studio.py`, never by hand)

Pictures travel as files, whose paths stand in the jobs. The pipe stays open: when it closes, the parent is
gone (however it died) and so is this process, even in the middle of a picture.
"""

import json
import logging
import os
import pathlib
import queue
import signal
import sys
import threading
from typing import Any

from engines.errors import ApiError
from engines.images.jobs import Worker

# Chat answers while somebody reads along; a picture may take a moment longer.
POLITENESS = 10


def read_jobs(jobs: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        jobs.put(line)
    os._exit(0)


def tell_partial(made: dict[str, Any]) -> None:
    tell({"partial": made})


def tell(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)  # noqa: T201


def work(worker: Worker, line: str) -> None:
    try:
        reply = {"done": worker.do(json.loads(line), tell_partial)}
    except ApiError as refused:
        error = {"status": refused.status, "message": refused.message, "code": refused.code, "param": refused.param, "kind": refused.kind}
        reply = {"error": error}
    tell(reply)


def main() -> None:
    # Ctrl+C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    os.nice(POLITENESS)
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=read_jobs, args=(jobs,), daemon=True).start()
    worker = Worker(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
    while True:
        work(worker, jobs.get())


if __name__ == "__main__":
    main()
