"""What supervisors are told."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from apps.core import health


@pytest.fixture
def parts() -> Iterator[dict[str, health.Check]]:
    kept = dict(health.checks)
    yield health.checks
    health.checks.clear()
    health.checks.update(kept)


@pytest.mark.django_db
def test_it_says_alive_without_asking_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"alive\n"


@pytest.mark.django_db
def test_it_is_ready_when_every_part_is_up(client: Client, parts: dict[str, health.Check]) -> None:
    parts.clear()
    health.register("database", health.check_database)
    health.register("queue", lambda: None)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "up", "queue": "up"}


@pytest.mark.django_db
def test_it_names_the_part_that_is_down_and_tells_no_reason(client: Client, parts: dict[str, health.Check]) -> None:
    def refuse() -> None:
        raise ConnectionError("redis://:secret@queue.internal:6379")

    health.register("queue", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["queue"] == "down"
    assert response.json()["database"] == "up"
    assert b"secret" not in response.content
    assert b"internal" not in response.content
