"""Steps 2 to 4 of the first start."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.accounts.tests.people import make_member
from apps.providers.models import DefaultModel, Model, Provider
from apps.providers.services import create_provider, ensure_builtin
from apps.providers.tests.recorded_server import Recorded, serve_recorded

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    """A vLLM as it was recorded, with two models."""
    with serve_recorded("vllm") as running:
        entry = running.answers["GET /v1/models"]["json"]["data"][0]
        running.answers["GET /v1/models"]["json"]["data"] = [{**entry, "id": "small-chat"}, {**entry, "id": "large-chat"}]
        yield running


@pytest.fixture
def server(recorded: Recorded) -> str:
    return recorded.url()


@pytest.fixture
def owner() -> Membership:
    member = make_member(Role.OWNER)
    ensure_builtin(member.team)
    return member


@pytest.fixture
def browser(client: Client, owner: Membership) -> Client:
    client.force_login(owner.user)
    return client


def test_it_shows_the_built_in_provider_and_how_weak_it_is(browser: Client) -> None:
    page = browser.get("/setup/provider/").content.decode()
    assert "Step 2 of 4" in page
    assert "often wrong" in page
    assert 'hx-trigger="load"' in page


@pytest.mark.parametrize("kind", ["openai", "own", "other"])
def test_it_opens_the_form_of_each_kind(browser: Client, kind: str) -> None:
    page = browser.get("/setup/provider/", {"kind": kind}).content.decode()
    assert 'name="name"' in page
    assert 'aria-current="true"' in page
    assert ("localhost:11434" in page) == (kind == "own")


def test_it_connects_an_own_server_and_says_what_was_found(browser: Client, owner: Membership, server: str) -> None:
    answers = {"name": "Workshop", "base_url": server, "allow_private": "on"}
    response = browser.post("/setup/provider/?kind=own", answers, follow=True)
    assert response.redirect_chain[-1][0] == "/setup/provider/"
    assert "2 models found" in response.content.decode()
    assert Provider.objects.get(name="Workshop").team == owner.team


def test_it_shows_what_works_there_and_how_soon_the_first_word_came(browser: Client, server: str) -> None:
    answers = {"name": "Workshop", "base_url": server, "allow_private": "on"}
    page = browser.post("/setup/provider/?kind=own", answers, follow=True).content.decode()
    assert "vLLM 0.27.0" in page
    assert "First word " in page
    assert 'part-works">' in page and 'part-missing">' in page
    assert "The server does not know this address." in page


def test_it_says_at_the_field_why_the_test_did_not_work(browser: Client, recorded: Recorded) -> None:
    recorded.answers["GET /v1/models"] = {"status": 401, "json": {"error": "Unauthorized"}}
    answers = {"name": "Workshop", "base_url": recorded.url(), "allow_private": "on", "key": "wrong-key-wrong-key"}
    response = browser.post("/setup/provider/?kind=own", answers, follow=True)
    row = Provider.objects.get(name="Workshop")
    assert response.redirect_chain[-1][0] == f"/setup/provider/?fix={row.pk}#connect"
    page = response.content.decode()
    assert 'id="id_key_error"' in page and "did not accept the key" in page
    assert "wrong-key-wrong-key" not in page
    recorded.answers["GET /v1/models"] = {"status": 200, "json": {"data": [{"id": "small-chat"}]}}
    mended = {**answers, "key": "another-key-another"}
    assert browser.post(f"/setup/provider/?fix={row.pk}", mended).headers["Location"] == "/setup/provider/"
    row.refresh_from_db()
    assert row.last_check["ok"]
    assert Provider.objects.filter(is_builtin=False).count() == 1


def test_it_mends_no_provider_of_another_team_and_not_the_built_in_one(browser: Client, owner: Membership) -> None:
    other = create_provider(make_member(email="sam@example.org").team, name="Theirs", base_url="https://api.example.org/v1")
    builtin = Provider.objects.get(team=owner.team, is_builtin=True)
    for row in (other.pk, builtin.pk, "no-id"):
        assert browser.get("/setup/provider/", {"fix": str(row)}).status_code == 404


def test_it_says_how_to_start_the_built_in_models(browser: Client, owner: Membership, settings, tmp_path) -> None:
    settings.ENGINES_KEY_FILE = tmp_path / "key"
    settings.ENGINES_KEY_FILE.write_text("engines-secret")
    settings.ENGINES_URL = "http://127.0.0.1:9/v1"
    row = Provider.objects.get(team=owner.team, is_builtin=True)
    page = browser.post(f"/setup/provider/{row.pk}/test/", headers=HTMX).content.decode()
    assert "are not running" in page and "make run" in page
    assert "t-ok" not in page


def test_it_says_at_the_field_what_is_wrong(browser: Client) -> None:
    response = browser.post("/setup/provider/?kind=own", {"name": "Workshop", "base_url": "studio.local:8080"})
    address = re.search(r'<input[^>]*name="base_url"[^>]*>', response.text)
    assert address and "autofocus" in address[0], "the page opens at the mistake, not at its top"
    assert response.status_code == 422
    assert 'id="id_base_url_error"' in response.content.decode()
    assert Provider.objects.count() == 1


def test_it_tests_again_and_answers_htmx_with_the_one_card(browser: Client, owner: Membership, server: str) -> None:
    row = create_provider(owner.team, name="Workshop", base_url=server, allow_private=True)
    response = browser.post(f"/setup/provider/{row.pk}/test/", headers=HTMX)
    page = response.content.decode()
    assert f'id="provider-{row.pk}"' in page
    assert "<html" not in page
    assert "2 models found" in page
    assert 'hx-trigger="load"' not in page


def test_it_says_in_words_when_nobody_answers(browser: Client, owner: Membership) -> None:
    row = create_provider(owner.team, name="Workshop", base_url="http://127.0.0.1:9/v1", allow_private=True)
    page = browser.post(f"/setup/provider/{row.pk}/test/", headers=HTMX).content.decode()
    assert "t-bad" in page
    assert "Traceback" not in page


def test_it_keeps_what_was_chosen_as_the_models_to_start_with(browser: Client, owner: Membership, server: str) -> None:
    row = create_provider(owner.team, name="Workshop", base_url=server, allow_private=True)
    browser.post(f"/setup/provider/{row.pk}/test/")
    small, large = Model.objects.get(name="small-chat"), Model.objects.get(name="large-chat")
    page = browser.get("/setup/models/").content.decode()
    assert '<optgroup label="Workshop">' in page
    response = browser.post("/setup/models/", {"writing": str(large.pk), "cheap": str(small.pk)})
    assert response.headers["Location"] == "/setup/done/"
    assert dict(DefaultModel.objects.filter(team=owner.team).values_list("purpose", "model__name")) == {
        "writing": "large-chat",
        "cheap": "small-chat",
    }


def test_it_takes_no_model_of_another_team(browser: Client) -> None:
    other = create_provider(make_member(email="sam@example.org").team, name="Theirs", base_url="https://api.example.org/v1")
    foreign = Model.objects.create(provider=other, name="foreign-chat")
    response = browser.post("/setup/models/", {"writing": str(foreign.pk)})
    assert response.status_code == 422
    assert not DefaultModel.objects.exists()
    assert browser.post(f"/setup/provider/{other.pk}/test/").status_code == 404


def test_it_can_go_on_without_any_model(browser: Client) -> None:
    page = browser.get("/setup/models/").content.decode()
    assert "No provider has told us its models yet" in page
    assert 'href="/setup/done/"' in page


def test_it_leads_back_to_the_step_one_was_at(client: Client) -> None:
    client.force_login(make_member().user)
    client.get("/setup/models/")
    assert client.get("/setup/").headers["Location"] == "/setup/models/"
    client.get("/setup/done/")
    assert client.get("/setup/").headers["Location"] == "/"


def test_it_ends_with_a_way_to_the_first_question(browser: Client) -> None:
    page = browser.get("/setup/done/").content.decode()
    assert "Step 4 of 4" in page
    assert "Ask something" in page


@pytest.mark.parametrize("address", ["/setup/provider/", "/setup/models/", "/setup/done/"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_it_is_for_owners_only(client: Client, address: str, role: str) -> None:
    client.force_login(make_member(role).user)
    assert client.get(address).status_code == 403


def test_it_has_nothing_inline(browser: Client) -> None:
    for address in ("/setup/provider/?kind=own", "/setup/models/", "/setup/done/"):
        page = browser.get(address).content.decode()
        assert " style=" not in page
        assert "<script>" not in page
