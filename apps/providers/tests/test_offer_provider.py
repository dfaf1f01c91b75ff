"""A provider of the whole installation: offered by its owner, used by all teams, changed by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Membership, Role, User
from apps.providers.choices import default_model, get_model, models_for, providers_of
from apps.providers.connections import NotOffered, connect
from apps.providers.facts import facts_for
from apps.providers.model_notes import mark
from apps.providers.models import ModelFact, Provider
from apps.providers.services import add_model, create_provider, set_default
from apps.providers.tests.conftest import KEY
from apps.providers.tests.loopback import serve

LIST = reverse("providers:list")


@pytest.fixture
def loopback():
    with serve() as answers:
        answers.body = b'{"data": [{"id": "pot-7b"}]}'
        yield answers


@pytest.fixture
def owner(team) -> Client:
    """Owns the installation, and is an admin of the first team."""
    user = User.objects.create_user("owner@kiln.example", "not used here", is_superuser=True)
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def offered(provider) -> Provider:
    provider.team = None
    provider.save()
    add_model(provider, "gpt-pot")
    return provider


def change(client, provider, **data):
    form = {"name": provider.name, "base_url": provider.base_url, "dialect": provider.dialect, **data}
    return client.post(reverse("providers:edit", args=[provider.pk]), form)


def test_it_is_made_by_the_owner_of_the_installation_and_seen_by_all_teams(owner, other_team, sign_in, loopback):
    data = {"name": "House", "base_url": loopback.url, "key": KEY, "allow_private": "on", "offered": "on"}
    assert owner.post(f"{reverse('providers:new')}?kind=own", data).status_code == 302
    provider = Provider.objects.get()
    assert provider.team is None
    assert list(providers_of(other_team)) == [provider]
    assert "For all teams" in sign_in(other_team, Role.VIEWER).get(LIST).text
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["provider.added", "provider.offered", "key.changed"]


@pytest.mark.parametrize("kind", ["own", "other", "openai"])
def test_it_is_a_choice_of_nobody_else(admin, kind, team):
    url = f"{reverse('providers:new')}?kind={kind}"
    assert "Offer to all teams" not in admin.get(url).text
    admin.post(url, {"name": "House", "base_url": "https://api.openai.com/v1", "key": KEY, "offered": "on"})
    assert Provider.objects.get().team == team


def test_it_is_no_choice_while_editing_either(admin, provider, team):
    assert change(admin, provider, offered="on").status_code == 302
    assert Provider.objects.get().team == team


def test_it_is_offered_and_taken_back_by_its_form(owner, provider, team):
    change(owner, provider, offered="on")
    assert Provider.objects.get().team is None
    assert "checked" in owner.get(reverse("providers:edit", args=[provider.pk])).text
    change(owner, Provider.objects.get())
    assert Provider.objects.get().team == team
    acts = [entry.act for entry in AuditEntry.objects.order_by("pk")]
    assert acts == ["provider.changed", "provider.offered", "provider.changed"]
    assert "For all teams: no → yes" in AuditEntry.objects.order_by("pk")[0].details["changes"]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
@pytest.mark.parametrize("name", ["edit", "test", "delete", "remove_key"])
def test_it_is_changed_by_nobody_of_a_team(offered, team, other_team, sign_in, role, name):
    for each in (team, other_team):
        client = sign_in(each, role)
        url = reverse(f"providers:{name}", args=[offered.pk])
        assert client.post(url, {"name": "Mine", "base_url": "https://evil.example/v1"}).status_code == 403
        page = client.get(LIST).text
        assert f"/providers/{offered.pk}/delete/" not in page
    offered.refresh_from_db()
    assert (offered.name, offered.deleted_at, offered.base_url) == ("OpenAI", None, "https://api.openai.com/v1")
    assert offered.key


def test_it_shows_others_the_host_and_nothing_of_the_key(offered, other_team, sign_in, owner):
    Provider.objects.update(base_url="https://api.openai.com/secret-path/v1")
    Provider.objects.update(last_check_at=timezone.now(), last_check={"ok": False, "kind": "unreachable", "models": 0})
    client = sign_in(other_team, Role.OWNER)
    for page in (client.get(LIST).text, client.get(reverse("home")).text):
        assert "https://api.openai.com" in page
        assert "secret-path" not in page and "WXYZ" not in page
    assert "ends in WXYZ" in owner.get(LIST).text


def test_it_counts_for_every_team_with_facts_and_defaults_of_its_own(offered, team, other_team):
    model = offered.models.get()
    for each in (team, other_team):
        assert [choice.model for choice in models_for(each, "chat")] == [model]
        assert get_model(each, model.pk) == model
    set_default(other_team, "writing", model)
    assert default_model(other_team) == model
    mark(other_team, model, prices={"input": "7", "output": "9"})
    assert facts_for(other_team, model).prices.output == 9
    assert facts_for(team, model).prices.output != 9
    assert set(ModelFact.objects.exclude(team=None).values_list("team", flat=True)) == {other_team.pk}


def test_it_is_not_called_for_a_team_that_it_was_taken_from(offered, team, other_team):
    assert connect(offered, team=other_team).key_of == "installation"
    offered.team = team
    assert connect(offered, team=team).key_of == "team"
    with pytest.raises(NotOffered, match="not offered to your team any more"):
        connect(offered, team=other_team)


def test_it_lets_no_team_take_its_name(offered, admin, other_team):
    data = {"name": "OPENAI", "base_url": "https://x.example/v1", "key": KEY}
    assert "name" in admin.post(f"{reverse('providers:new')}?kind=other", data).context["form"].errors


def test_it_takes_own_keys_of_people_of_all_teams(offered, other_team, sign_in):
    Provider.objects.update(takes_personal_keys=True)
    client = sign_in(other_team, Role.EDITOR)
    own = "sk-own-aaaaaaaaaaaaaaaa1111"
    url = reverse("providers:own_key", args=[offered.pk])
    assert client.post(url, {"key": own, "origin": "https://api.openai.com:443"}).status_code == 302
    person = User.objects.get(email=f"editor@{other_team.name.lower()}.example")
    ready = connect(Provider.objects.get(), person, other_team)
    assert (ready.connection.key, ready.key_of) == (own, "person")


def test_it_belongs_to_a_team_where_nobody_offered_it(team, other_team):
    provider = create_provider(team, name="Ours", base_url="https://x.example/v1")
    assert list(providers_of(other_team)) == []
    assert list(providers_of(team)) == [provider]
