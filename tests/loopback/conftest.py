from collections.abc import Iterator

import pytest

from tests.loopback import Loopback


@pytest.fixture(scope="session")
def loopback() -> Iterator[Loopback]:
    """A provider on this machine, the same for all tests of a session."""
    with Loopback() as running:
        yield running
