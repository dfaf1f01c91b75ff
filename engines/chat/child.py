"""The process that holds the model: llama.cpp's server from the xllamacpp wheel, on a free loopback port.

    python -m engines.chat.child     (started by `process.py`, never by hand)

One JSON line on standard input says what to load; one on standard output says where it listens. The
pipe stays open after that: when it closes, the parent is gone (however it died) and so is this process.
The key comes through the pipe, because arguments and variables can be read by other processes.
"""

import json
import os
import signal
import sys
import time
from typing import Any


def start_server(wanted: dict[str, Any]) -> Any:
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()
    params.model.path = wanted["path"]
    params.model_alias = {wanted["model"]}
    params.n_ctx = wanted["context"]
    params.n_parallel = wanted["slots"]
    # One pool for all slots; without it each slot could use only its share of the context.
    params.kv_unified = True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wanted["threads"]
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [wanted["key"]]
    # Between two batches the engine looks for listeners who left and lets the other slots write. Larger ones read no faster.
    params.n_batch = params.n_ubatch = 128
    params.ui = False
    params.cache_ram_mib = 64
    params.verbosity = -1
    return xllamacpp.Server(params)


def main() -> None:
    # Ctrl+C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = json.loads(sys.stdin.readline())
    begun = time.monotonic()
    server = start_server(wanted)
    print(json.dumps({"url": server.listening_address, "seconds": round(time.monotonic() - begun, 2)}), flush=True)  # noqa: T201
    sys.stdin.read()
    os._exit(0)  # the server's own shutdown takes seconds and there is nothing to save


if __name__ == "__main__":
    main()
