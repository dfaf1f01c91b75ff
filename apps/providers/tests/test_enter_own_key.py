"""A person's own key: entered, replaced, unused, wiped, removed; through the pages."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Membership, Role, User
from apps.providers import keys
from apps.providers.connections import NoKey, connect, connection_of
from apps.providers.models import PersonalKey, Provider
from apps.providers.services import create_provider, update_provider
from apps.providers.tests.conftest import KEY

LIST = reverse("providers:list")
OWN, OWN_2 = "sk-own-aaaaaaaaaaaaaaaa1111", "sk-own-bbbbbbbbbbbbbbbb2222"


@pytest.fixture
def open_provider(provider) -> Provider:
    """One where people may use their own keys."""
    Provider.objects.update(takes_personal_keys=True)
    provider.refresh_from_db()
    return provider


@pytest.fixture
def editor(team, sign_in):
    return sign_in(team, Role.EDITOR)


def page(provider) -> str:
    return reverse("providers:own_key", args=[provider.pk])


def enter(client, provider, key=OWN, origin="https://api.openai.com:443"):
    return client.post(page(provider), {"key": key, "origin": origin})


def somebody(role="editor") -> User:
    return User.objects.get(email__startswith=role)


def test_it_stores_an_own_key_encrypted_and_shows_its_end_alone(editor, open_provider):
    assert "Enter your key" in editor.get(LIST).text
    assert enter(editor, open_provider).status_code == 302
    row = PersonalKey.objects.get()
    assert (row.user, row.key_origin, row.key_tail, keys.decrypt(row.key)) == (somebody(), "https://api.openai.com:443", "1111", OWN)
    for text in (editor.get(LIST).text, editor.get(page(open_provider)).text):
        assert "ends in 1111" in text
        assert OWN not in text and row.key not in text


def test_it_goes_before_the_key_of_the_team(editor, open_provider):
    enter(editor, open_provider)
    ready = connect(open_provider, somebody())
    assert (ready.connection.key, ready.key_of) == (OWN, "person")
    assert (connect(open_provider).connection.key, connect(open_provider).key_of) == (KEY, "team")


def test_it_replaces_and_removes_it(editor, open_provider):
    enter(editor, open_provider)
    enter(editor, open_provider, OWN_2)
    assert connection_of(open_provider, somebody()).key == OWN_2
    assert editor.post(reverse("providers:remove_own_key", args=[open_provider.pk])).status_code == 302
    assert not PersonalKey.objects.exists()
    assert connection_of(open_provider, somebody()).key == KEY


def test_it_offers_no_field_where_own_keys_are_not_allowed(editor, provider):
    assert "Your own key" not in editor.get(LIST).text
    assert 'name="key"' not in editor.get(page(provider)).text
    response = editor.post(page(provider), {"key": OWN, "origin": "https://api.openai.com:443"}, follow=True)
    assert "Your key was not stored" in response.text
    assert not PersonalKey.objects.exists()


def test_it_offers_nothing_to_viewers(team, sign_in, open_provider):
    viewer = sign_in(team, Role.VIEWER)
    assert "Enter your key" not in viewer.get(LIST).text
    assert enter(viewer, open_provider).status_code == 403


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "ü" * 20, "x" * 2001])
def test_it_refuses_what_is_no_key_and_does_not_repeat_it(editor, open_provider, key):
    response = enter(editor, open_provider, key)
    assert response.status_code == 422
    assert not key or key not in response.text
    assert not PersonalKey.objects.exists()


def test_it_refuses_a_key_that_was_typed_for_an_address_that_changed_meanwhile(editor, open_provider):
    update_provider(open_provider, name="OpenAI", base_url="https://evil.example/v1", key=KEY, dialect="other")
    response = editor.post(page(open_provider), {"key": OWN, "origin": "https://api.openai.com:443"}, follow=True)
    assert "The address has changed since you opened this page" in response.text
    assert "https://evil.example:443" in response.text
    assert not PersonalKey.objects.exists()


def test_it_forgets_everybodys_key_when_the_address_changes(editor, admin, open_provider):
    for client in (editor, admin):
        enter(client, open_provider)
    data = {"name": "OpenAI", "base_url": "https://eu.api.openai.com/v1", "key": KEY, "dialect": "openai", "takes_personal_keys": "on"}
    update_provider(open_provider, **{**data, "takes_personal_keys": True}, by=Membership.objects.get(user=somebody("admin")))
    assert not PersonalKey.objects.exists()
    assert AuditEntry.objects.get(act="key.removed").details["count"] == 2


def test_it_keeps_own_keys_when_the_same_server_is_written_differently(editor, open_provider):
    enter(editor, open_provider)
    update_provider(open_provider, name="OpenAI", base_url="https://API.openai.com:443/v2", dialect="openai")
    assert PersonalKey.objects.exists()


def test_it_keeps_an_own_key_unused_while_the_switch_is_off_and_says_so(editor, open_provider):
    enter(editor, open_provider)
    Provider.objects.update(takes_personal_keys=False)
    provider = Provider.objects.get()
    assert connection_of(provider, somebody()).key == KEY
    assert "not used: an admin has turned own keys off" in editor.get(LIST).text
    assert "stored and not used" in editor.get(page(provider)).text
    Provider.objects.update(takes_personal_keys=True)
    assert connection_of(Provider.objects.get(), somebody()).key == OWN


def test_it_uses_no_other_key_in_place_of_one_that_cannot_be_read(editor, open_provider, settings):
    enter(editor, open_provider)
    PersonalKey.objects.update(key="damaged")
    with pytest.raises(Exception, match="Your own key for OpenAI cannot be read"):
        connection_of(open_provider, somebody())


def test_it_says_that_neither_you_nor_the_team_has_a_key(admin, team, sign_in):
    sign_in(team, Role.EDITOR)
    data = {"name": "Open", "base_url": "https://api.openai.com/v1", "key": "", "takes_personal_keys": "on"}
    form_page = admin.post(f"{reverse('providers:new')}?kind=openai", {**data, "takes_personal_keys": ""})
    assert form_page.status_code == 422
    create_provider(team, name="Open", base_url="https://api.openai.com/v1", takes_personal_keys=True)
    with pytest.raises(NoKey, match="You have no key of your own for Open, and the team has none"):
        connection_of(Provider.objects.get(), somebody())


def test_it_forgets_the_key_of_who_leaves_the_team_and_of_no_other(editor, admin, open_provider):
    for client in (editor, admin):
        enter(client, open_provider)
    Membership.objects.get(user=somebody()).delete()
    assert PersonalKey.objects.get().user == somebody("admin")


def test_it_forgets_all_keys_with_the_provider(editor, admin, open_provider):
    enter(editor, open_provider)
    url = reverse("providers:delete", args=[open_provider.pk])
    assert "1 own key of a person is forgotten too" in admin.get(url).text
    admin.post(url)
    assert not PersonalKey.objects.exists()


def test_it_rotates_own_keys_too(editor, open_provider, settings):
    from django.core.management import call_command

    settings.PROVIDER_KEY_SECRETS = ["old"]
    enter(editor, open_provider)
    Provider.objects.update(key="")
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    call_command("rotate_provider_keys")
    settings.PROVIDER_KEY_SECRETS = ["new"]
    assert connection_of(open_provider, somebody()).key == OWN


def test_it_writes_into_the_audit_who_did_it_and_no_key(editor, open_provider):
    enter(editor, open_provider)
    editor.post(reverse("providers:remove_own_key", args=[open_provider.pk]))
    editor.post(reverse("providers:remove_own_key", args=[open_provider.pk]))  # a double click changes nothing more
    entries = list(AuditEntry.objects.order_by("pk").values_list("act", "person__email", "target", "details"))
    assert [entry[:3] for entry in entries] == [(act, "editor@kiln.example", "OpenAI") for act in ("key.changed", "key.removed")]
    assert OWN not in str(entries) and "1111" not in str(entries)


def test_it_is_taken_back_also_by_who_may_not_ask_any_more(editor, open_provider):
    enter(editor, open_provider)
    Membership.objects.update(role=Role.VIEWER)
    assert "Remove your key" in editor.get(page(open_provider)).text
    assert enter(editor, open_provider).status_code == 403
    assert editor.post(reverse("providers:remove_own_key", args=[open_provider.pk])).status_code == 302
    assert not PersonalKey.objects.exists()


def test_it_forgets_every_key_of_who_is_in_no_team(editor, open_provider):
    Provider.objects.update(team=None)
    enter(editor, open_provider)
    Membership.objects.get(user=somebody()).delete()
    assert not PersonalKey.objects.exists()
