"""Small pieces and parts, and no pauses: what takes gigabytes and minutes takes bytes and moments here."""

from typing import Any

import pytest

from apps.files import remote_calls, remote_lists, uploading
from apps.files.tests.remote import PART, PIECE, WHOLE
from tests.loopback import Loopback


@pytest.fixture
def small(settings: Any, monkeypatch: pytest.MonkeyPatch, loopback: Loopback) -> Loopback:
    settings.FILE_PIECE_BYTES, settings.FILE_PART_BYTES, settings.FILE_WHOLE_BYTES = PIECE, PART, WHOLE
    monkeypatch.setattr(remote_calls, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(uploading, "LOOK_AFTER", 0.0)
    loopback.reset()
    return loopback


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_lists, "LIMITS", (3,))
