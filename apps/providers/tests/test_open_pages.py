"""Who may open what: every address of the app, for every role, for strangers and for another team."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.providers.models import Model, Provider
from apps.providers.services import add_model, delete_provider
from apps.providers.urls import urlpatterns

READABLE = {"list", "models", "picker", "edit_model"}
OF_ONESELF = {"own_key", "remove_own_key"}  # who may not ask any more can still take the key back
POST_ONLY = {"connect_builtin", "test", "answers_by", "remove_key", "remove_own_key"}
NAMES = [pattern.name for pattern in urlpatterns]
OF_A_PROVIDER = [pattern.name for pattern in urlpatterns if "pk" in str(pattern.pattern)]


@pytest.fixture
def typed(provider) -> Model:
    return add_model(provider, "typed")


def address(name: str, model: Model) -> str:
    pattern = next(str(pattern.pattern) for pattern in urlpatterns if pattern.name == name)
    values = {"pk": model.provider_id, "model_pk": model.pk}
    return reverse(f"providers:{name}", kwargs={key: values[key] for key in re.findall(r"uuid:(\w+)", pattern)})


def ask(client: Client, name: str, model: Model) -> int:
    url = address(name, model)
    return (client.post(url) if name in POST_ONLY else client.get(url)).status_code


@pytest.mark.parametrize("name", NAMES)
def test_it_sends_strangers_to_the_sign_in_page(typed, name, client):
    assert ask(client, name, typed) == 302
    assert client.get(address("list", typed))["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize("name", NAMES)
def test_it_lets_viewers_and_editors_read_and_nothing_else(typed, name, role, sign_in):
    assert (ask(sign_in(typed.provider.team, role), name, typed) in {200, 302}) == (name in READABLE | OF_ONESELF)
    assert Model.objects.filter(pk=typed.pk).exists()


@pytest.mark.parametrize("name", OF_A_PROVIDER)
def test_it_answers_404_for_a_provider_of_another_team(typed, name, other_team, sign_in):
    assert ask(sign_in(other_team, Role.OWNER), name, typed) == 404
    assert Provider.objects.alive().filter(pk=typed.provider_id).exists()


@pytest.mark.parametrize("name", OF_A_PROVIDER)
def test_it_answers_404_for_a_deleted_provider(typed, name, admin):
    delete_provider(typed.provider)
    assert ask(admin, name, typed) == 404


@pytest.mark.parametrize(
    "name", [name for name in OF_A_PROVIDER if "model_pk" in str(dict(zip(NAMES, urlpatterns, strict=True))[name].pattern)]
)
def test_it_answers_404_for_the_model_of_another_provider(typed, name, admin, other_team):
    foreign = Model.objects.create(provider=Provider.objects.create(team=other_team, name="Theirs", base_url="https://x.example"), name="x")
    foreign.provider_id = typed.provider_id
    assert ask(admin, name, foreign) == 404
    assert Model.objects.filter(name="x").exists()


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_it_changes_nothing_by_get(typed, name, admin):
    assert admin.get(address(name, typed)).status_code == 405


def test_it_shows_no_other_teams_provider_in_the_list(provider, other_team, sign_in):
    assert "api.openai.com" not in sign_in(other_team).get(reverse("providers:list")).content.decode()


def test_it_shows_viewers_no_button_that_they_cannot_use(provider, team, sign_in):
    page = sign_in(team, Role.VIEWER).get(reverse("providers:list")).content.decode()
    assert provider.name in page
    assert "An admin can change it" in page
    for name in ("edit", "test", "delete"):
        assert f'"{reverse(f"providers:{name}", args=[provider.pk])}"' not in page


def test_it_lists_many_providers_with_as_few_questions_as_one(team, admin, provider, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        admin.get(reverse("providers:list"))
    for number in range(20):
        other = Provider.objects.create(team=team, name=f"Studio {number}", base_url="https://x.example")
        Model.objects.create(provider=other, name="m")
    with django_assert_num_queries(len(few)):
        page = admin.get(reverse("providers:list")).content.decode()
    assert page.count("1 model<") == 20


def test_it_leads_from_the_old_addresses_of_models_to_the_new_ones(typed, admin):
    assert admin.get(address("models", typed)).url == f"{reverse('catalog:list')}?provider={typed.provider_id}"
    assert admin.get(address("edit_model", typed)).url == reverse("catalog:model", args=[typed.pk])
