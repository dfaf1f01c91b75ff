"""The kind of a server is found where nobody chose it, from the form to the row."""

import pytest
from django.urls import reverse

from apps.providers.models import Provider
from apps.providers.tests.conftest import KEY
from apps.providers.tests.recorded_server import serve_recorded
from apps.providers.typed_address import split_version


@pytest.fixture
def server():
    with serve_recorded("vllm") as running:
        yield running


def add(admin, kind: str, **data: str):
    return admin.post(f"{reverse('providers:new')}?kind={kind}", {"name": "Studio", "allow_private": "on", **data})


def change(admin, row: Provider, **data: str):
    fields = {"name": row.name, "base_url": row.base_url, "allow_private": "on", **data}
    return admin.post(reverse("providers:edit", args=[row.pk]), fields)


def test_it_finds_the_kind_that_nobody_chose_and_says_so_in_the_form(admin, server):
    add(admin, "own", base_url=server.url())
    row = Provider.objects.get(name="Studio")
    assert (row.dialect, row.dialect_is_guess) == ("vllm", True)
    page = admin.get(reverse("providers:edit", args=[row.pk])).content.decode()
    assert "Found: vLLM." in page
    assert '<option value="" selected>' in page


def test_it_keeps_what_was_found_when_something_else_is_changed(admin, server):
    add(admin, "own", base_url=server.url())
    server.answers["GET /v1/models"] = {"status": 500, "json": {"error": "oops"}}
    change(admin, Provider.objects.get(name="Studio"), name="Workshop")
    assert Provider.objects.get(name="Workshop").dialect == "vllm"


def test_it_stays_with_the_kind_that_a_person_chose(admin, server):
    add(admin, "own", base_url=server.url())
    change(admin, Provider.objects.get(name="Studio"), dialect="ollama")
    row = Provider.objects.get(name="Studio")
    assert (row.dialect, row.dialect_is_guess) == ("ollama", False)
    page = admin.get(reverse("providers:list")).content.decode()
    assert "vLLM 0.27.0" in page and "called as Ollama" in page
    change(admin, row, dialect="")
    assert Provider.objects.get(name="Studio").dialect == "vllm"


def test_it_takes_the_version_from_a_pasted_address_of_azure(admin):
    with serve_recorded("azure-dated") as server:
        pasted = server.url("/openai/deployments/our-writer/chat/completions?api-version=2025-04-01-preview")
        assert add(admin, "other", base_url=pasted, dialect="azure", key=KEY).status_code == 302
    row = Provider.objects.get(name="Studio")
    assert (row.base_url, row.api_version) == (server.url("/openai/deployments/our-writer"), "2025-04-01-preview")
    assert row.endpoints["chat"]["state"] == "works"


def test_it_asks_for_the_version_that_a_dated_address_needs(admin):
    response = add(admin, "other", base_url="http://127.0.0.1:9/openai/deployments/our-writer", dialect="azure", key=KEY)
    assert response.status_code == 422
    assert 'id="id_api_version_error"' in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "address", "version"),
    [
        ("https://a.example/openai?api-version=2024-10-21 ", "https://a.example/openai", "2024-10-21"),
        ("https://a.example/v1", "https://a.example/v1", ""),
        ("https://a.example/v1?key=secret", "https://a.example/v1?key=secret", ""),
        ("https://a.example/v1?api-version=1&key=x", "https://a.example/v1?api-version=1&key=x", ""),
    ],
)
def test_it_takes_nothing_else_off_an_address(typed, address, version):
    assert split_version(typed) == (address, version)
