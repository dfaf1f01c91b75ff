"""The files that were sent lately, by their hash."""

import hashlib

MOST_FILES, MOST_BYTES = 64, 128 * 1024 * 1024


class Uploads:
    """The newest files, as many as fit."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._held = 0

    def add(self, body: bytes) -> None:
        name = hashlib.sha256(body).hexdigest()
        self._held -= len(self._bodies.pop(name, b""))
        self._bodies[name] = body
        self._held += len(body)
        while len(self._bodies) > MOST_FILES or (self._held > MOST_BYTES and len(self._bodies) > 1):
            self._held -= len(self._bodies.pop(next(iter(self._bodies))))

    def get(self, sha256: str) -> bytes | None:
        return self._bodies.get(sha256)

    def clear(self) -> None:
        self._bodies.clear()
        self._held = 0
