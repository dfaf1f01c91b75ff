"""Adding, editing, testing and deleting through the pages, as a browser without script does it."""

import pytest
from django.urls import reverse

from apps.providers import keys
from apps.providers.checkup import CheckResult
from apps.providers.models import Provider
from apps.providers.services import ensure_builtin
from apps.providers.tests.conftest import KEY
from apps.providers.tests.loopback import serve

LIST = reverse("providers:list")


@pytest.fixture
def loopback():
    with serve() as answers:
        answers.body = b'{"data": [{"id": "pot-7b"}]}'
        yield answers


def new(client, kind, **data):
    return client.post(f"{reverse('providers:new')}?kind={kind}", data)


def change(client, provider, **data):
    return client.post(reverse("providers:edit", args=[provider.pk]), {"name": provider.name, "base_url": provider.base_url, **data})


def errors(response) -> dict:
    assert response.status_code == 422
    return response.context["form"].errors


def test_it_offers_three_ways_to_begin(admin):
    page = admin.get(reverse("providers:new")).content.decode()
    for kind in ("openai", "own", "other"):
        assert f"?kind={kind}" in page
    assert admin.get(f"{reverse('providers:new')}?kind=nonsense").status_code == 200


def test_it_shows_the_usual_addresses_of_own_servers(admin):
    page = admin.get(f"{reverse('providers:new')}?kind=own").content.decode()
    for name in ("Ollama", "vLLM", "llama.cpp", "LM Studio", "LiteLLM"):
        assert name in page
    assert "http://localhost:11434/v1" in page


def test_it_adds_an_own_server_and_tests_it_at_once(admin, team, loopback):
    response = new(admin, "own", name="Studio", base_url=f"{loopback.url}/", key=KEY, allow_private="on")
    assert response.status_code == 302
    provider = Provider.objects.get(team=team)
    assert (provider.base_url, provider.private_origin) == (loopback.url, f"http://127.0.0.1:{loopback.port}")
    assert keys.decrypt(provider.key) == KEY
    page = admin.get(LIST).content.decode()
    assert "Works. 1 model found." in page
    assert "ends in WXYZ" in page
    assert KEY not in page


def test_it_takes_away_what_people_paste_along_with_an_address(admin, team, loopback):
    new(admin, "own", name="Studio", base_url=f" {loopback.url}/chat/completions ", allow_private="on")
    assert Provider.objects.get(team=team).base_url == loopback.url


def test_it_says_on_the_card_why_a_test_did_not_work(admin, loopback):
    loopback.status = 401
    new(admin, "own", name="Studio", base_url=loopback.url, key=KEY, allow_private="on")
    page = admin.get(LIST).content.decode()
    assert "Studio did not accept the key" in page
    assert KEY not in page


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/v1",
        "http://localhost:8080/v1",
        "http://10.1.2.3/v1",
        "http://192.168.0.7/v1",
        "http://[::1]:8080/v1",
        "http://[::ffff:10.0.0.1]/v1",
        "http://studio.local/v1",
        "http://ollama:11434/v1",
        "http://0.0.0.0/v1",
    ],
)
def test_it_says_how_to_allow_a_private_address(admin, url):
    found = errors(new(admin, "own", name="Studio", base_url=url))
    assert "tick “This server is on our own network”" in found["allow_private"][0]
    assert not Provider.objects.exists()


@pytest.mark.parametrize("kind", ["own", "other"])
@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "metadata.google.internal", "[::ffff:169.254.169.254]"]
)
def test_it_never_allows_the_metadata_of_a_cloud(admin, kind, host):
    found = errors(new(admin, kind, name="Sly", base_url=f"http://{host}/v1", allow_private="on"))
    assert "never called" in found["base_url"][0]
    assert not Provider.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "studio.example:8080",
        "ftp://studio.example/v1",
        "file:///etc/passwd",
        "http://",
        "http://user:password@studio.example/v1",
        "http://studio.example/v1?key=1",
        "http://studio.example/v1#x",
        "http://studio.example:99999/v1",
        "http://exa mple/v1",
        "http://a\\@b.example/v1",
        "https://[::1/v1",
        "https://" + "a" * 600,
        "https://x.example/\x00",
    ],
)
def test_it_refuses_addresses_that_cannot_be(admin, url):
    assert "base_url" in errors(new(admin, "other", name="Odd", base_url=url, key=KEY))
    assert not Provider.objects.exists()


@pytest.mark.parametrize("key", ["with space", "line\nbreak", "ü" * 20, "x" * 2001])
def test_it_refuses_keys_that_cannot_be_and_does_not_repeat_them(admin, key):
    response = new(admin, "openai", name="OpenAI", base_url="https://api.openai.com/v1", key=key)
    assert "key" in errors(response)
    assert key not in response.content.decode()


def test_it_asks_for_a_key_again_that_was_typed_beside_another_mistake(admin):
    assert "Enter the key again" in errors(new(admin, "openai", name="", base_url="https://api.openai.com/v1", key=KEY))["key"][0]


def test_it_asks_for_the_key_of_openai(admin):
    assert "key" in errors(new(admin, "openai", name="OpenAI", base_url="https://api.openai.com/v1"))


def test_it_refuses_a_second_provider_of_the_same_name(admin, provider):
    assert "name" in errors(new(admin, "other", name="OPENAI", base_url="https://x.example/v1", key=KEY))


def test_it_never_shows_a_key_again(admin, provider):
    for url in (LIST, reverse("providers:edit", args=[provider.pk]), reverse("catalog:list")):
        page = admin.get(url).content.decode()
        assert KEY not in page
        assert provider.key not in page
    page = change(admin, provider, base_url="nonsense", key=KEY).content.decode()
    assert KEY not in page


def test_it_keeps_the_key_when_the_field_is_left_empty(admin, team, loopback):
    new(admin, "own", name="Studio", base_url=loopback.url, key=KEY, allow_private="on")
    change(admin, Provider.objects.get(), name="Studio 2", allow_private="on", key="")
    assert loopback.asked[-1][2] == f"Bearer {KEY}"
    assert Provider.objects.get().name == "Studio 2"


def test_it_sends_no_stored_key_to_a_changed_address(admin, loopback):
    new(admin, "own", name="Studio", base_url=loopback.url, key=KEY, allow_private="on")
    with serve() as elsewhere:
        response = change(admin, Provider.objects.get(), base_url=elsewhere.url, allow_private="on", dialect="other")
        assert response.status_code == 302
        assert elsewhere.asked[0] == ("GET", "/v1/models", "")
        assert {key for _method, _path, key in elsewhere.asked} == {""}
    assert Provider.objects.get().key == ""


def test_it_asks_for_the_key_again_when_an_address_that_needs_one_changes(admin, provider):
    found = errors(change(admin, provider, base_url="https://eu.api.openai.com/v1"))
    assert "The address has changed" in found["key"][0]
    provider.refresh_from_db()
    assert (provider.base_url, keys.decrypt(provider.key)) == ("https://api.openai.com/v1", KEY)


def test_it_gives_htmx_the_card_again_after_a_test(admin, team, loopback):
    new(admin, "own", name="Studio", base_url=loopback.url, allow_private="on")
    provider = Provider.objects.get()
    loopback.body = b'{"data": [{"id": "a"}, {"id": "b"}]}'
    response = admin.post(reverse("providers:test", args=[provider.pk]), headers={"HX-Request": "true"})
    page = response.content.decode()
    assert f'id="provider-{provider.pk}"' in page
    assert "Works. 2 models found." in page
    assert "<html" not in page
    assert 'id="announce"' in page


def test_it_asks_before_deleting_and_says_how_many_runs_went_there(admin, team, provider):
    from django.utils import timezone

    for number in range(2):
        provider.runs.create(team=team, operation="chat.reply", model="m", key=str(number), queued_at=timezone.now())
    url = reverse("providers:delete", args=[provider.pk])
    assert "2 runs went there" in admin.get(url).content.decode()
    assert admin.post(url).status_code == 302
    provider.refresh_from_db()
    assert provider.deleted_at
    assert provider.key == ""
    assert provider.runs.count() == 2
    assert "api.openai.com" not in admin.get(LIST).content.decode()


def test_it_connects_the_builtin_models_again(admin, team, loopback, settings, tmp_path):
    settings.ENGINES_URL, settings.ENGINES_KEY_FILE = loopback.url, tmp_path / "key"
    settings.ENGINES_KEY_FILE.write_text("engines-secret")
    assert reverse("providers:connect_builtin") in admin.get(LIST).content.decode()
    admin.post(reverse("providers:connect_builtin"))
    page = admin.get(LIST).content.decode()
    assert reverse("providers:connect_builtin") not in page
    assert "Works. 1 model found." in page


def test_it_edits_no_address_of_the_builtin_provider(admin, team):
    assert admin.get(reverse("providers:edit", args=[ensure_builtin(team).pk])).status_code == 404


def test_it_lets_nobody_look_through_a_network_by_tests(admin, provider, monkeypatch):
    looked = []

    def look(provider, **more):
        looked.append(provider)
        return CheckResult(True, "")

    monkeypatch.setattr("apps.providers.views.check", look)
    answers = [admin.post(reverse("providers:test", args=[provider.pk])).status_code for _number in range(21)]
    assert (set(answers[:20]), answers[20], len(looked)) == ({302}, 429, 20)
    moved = admin.post(reverse("providers:edit", args=[provider.pk]), {"name": "x", "base_url": "https://next.example/v1", "key": KEY})
    assert (moved.status_code, Provider.objects.get().base_url) == (429, provider.base_url)
