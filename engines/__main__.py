"""Starts the built-in provider: python -m engines --port 8010 --weights DIR --key-file FILE [--data DIR] [--gguf FILE]

Exit code 3: a package is missing (requirements-engines.txt).
"""

import argparse
import ipaddress
import logging
import os
import pathlib
import socket
import sys

DEFAULT_PORT = 8010
NOT_INSTALLED = 3


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engines", description="The built-in provider: OpenAI's API with small models.")
    parser.add_argument("--host", default="127.0.0.1", type=loopback_address, help="a loopback address; any other is refused")
    parser.add_argument("--port", default=DEFAULT_PORT, type=int, help="0 takes a free one")
    parser.add_argument("--weights", required=True, type=pathlib.Path, help="the folder that engines.fetch fills")
    parser.add_argument("--key-file", required=True, type=pathlib.Path, help="holds the key that callers send; made if missing")
    parser.add_argument("--data", type=pathlib.Path, help="where files of callers are kept; without it they are gone at the end")
    parser.add_argument("--gguf", type=pathlib.Path, help="a model file of your own, offered beside the small one")
    return parser.parse_args(arguments)


def loopback_address(text: str) -> str:
    """The provider serves this machine only: its models are no match for the open network, and neither is its door."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not an address") from None
    if not address.is_loopback:
        raise argparse.ArgumentTypeError(f"{text} is not a loopback address; the built-in provider serves this machine only")
    return str(address)


def open_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who reads the line below and calls at once waits, instead of being refused
    except OSError as error:
        sys.exit(f"The built-in provider cannot listen on {host}, port {port} ({error.strerror}). Choose another with --port.")
    return listener


def serve(chosen: argparse.Namespace) -> None:
    try:
        import uvicorn

        from engines.app import Settings, create_app
        from engines.auth import read_key
        from engines.files.disk import CannotOpen
    except ModuleNotFoundError as error:
        message = f"The built-in provider needs the package {error.name}. Run: python -m pip install -r requirements-engines.txt"
        print(message, file=sys.stderr)  # noqa: T201
        sys.exit(NOT_INSTALLED)
    listener = open_socket(chosen.host, chosen.port)
    try:
        app = create_app(Settings(chosen.weights, read_key(chosen.key_file), chosen.gguf, chosen.data))
    except CannotOpen as problem:
        sys.exit(str(problem))
    host, port = listener.getsockname()[:2]
    logging.getLogger("engines").info("The built-in provider listens on http://%s:%d/v1", host, port)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=3, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    # Nothing in this process may call out; libraries that could are told so before they are imported.
    os.environ.update(HF_HUB_OFFLINE="1", ORT_DISABLE_TELEMETRY="1")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    serve(read_arguments(sys.argv[1:]))


if __name__ == "__main__":
    main()
