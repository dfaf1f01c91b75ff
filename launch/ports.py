"""Which addresses are free, seen before anything starts."""

import errno
import socket
from collections.abc import Iterable

from launch.problems import CannotStart

LOOPBACK = "127.0.0.1"


def is_taken(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody listens there. Browsers try `localhost` on both families, so a listener on ::1 counts too."""
    return not _can_bind(socket.AF_INET, host, port) or (host == LOOPBACK and _answers("::1", port))


def require_free(port: int, host: str, what: str, variable: str) -> None:
    """Raise `CannotStart` when the port is taken. `variable` is the setting that changes it."""
    if not 0 < port < 65536:
        raise CannotStart(f"{variable} is {port}. Choose a number from 1 to 65535.")
    if is_taken(port, host):
        raise CannotStart(
            f"Port {port} for {what} is taken by another program. Choose another one: make run {variable}={_next_free(port, host)}"
        )


def free_port(preferred: Iterable[int] = ()) -> int:
    """The first of the preferred ports that is free, else any."""
    for port in preferred:
        if not is_taken(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _next_free(port: int, host: str) -> int:
    following = (number for number in range(port + 1, min(port + 100, 65536)) if not is_taken(number, host))
    return next(following, free_port())


def _can_bind(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(f"Port {port} needs more rights than this account has. Choose one above 1023.") from error
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(f"Nothing can listen at {host}: {error.strerror}. Change PLAYGROUND_BIND.") from error
            return False
        return True


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False
