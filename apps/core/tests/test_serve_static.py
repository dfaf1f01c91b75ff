"""Static files, as the web process serves them."""

from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient


@pytest.fixture(autouse=True)
def collected(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "hello.css").write_text("body { color: red }")


async def body_of(response: Any) -> bytes:
    return b"".join([part async for part in response.streaming_content])


async def test_it_serves_a_file() -> None:
    response = await AsyncClient().get("/static/hello.css")
    assert await body_of(response) == b"body { color: red }"
    assert response.headers["Content-Type"].startswith("text/css")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response.headers["Cache-Control"]


async def test_it_answers_a_browser_that_has_the_file_already() -> None:
    first = await AsyncClient().get("/static/hello.css")
    again = await AsyncClient().get("/static/hello.css", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/static/missing.css", "/static/../playground/settings.py", "/static/%2e%2e/manage.py"])
async def test_it_serves_nothing_that_was_not_collected(address: str) -> None:
    response = await AsyncClient().get(address)
    assert response.status_code == 404
