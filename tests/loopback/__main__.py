"""The loopback provider as a process of its own. Its first line is its address."""

import argparse
import asyncio
import contextlib
import signal
import sys

import uvloop

from tests.loopback.server import serve


def announce(address: str) -> None:
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


async def main(host: str, port: int, key: str, without: list[str]) -> None:
    task = asyncio.ensure_future(serve(host, port, key, without, announce))
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.loopback", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default="", help="refuse every other key")
    parser.add_argument(
        "--without", action="append", default=[], metavar="PATH", help="a part of the API it does not have: /images/variations"
    )
    chosen = parser.parse_args()
    uvloop.run(main(chosen.host, chosen.port, chosen.key, chosen.without))
