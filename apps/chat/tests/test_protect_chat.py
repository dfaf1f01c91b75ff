"""Who may read and write, and what a stranger sees: nothing."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.runs.models import Run

pytestmark = pytest.mark.django_db
POSTS = ["conversation", "stop", "settings", "instructions", "request", "rename", "delete", "restore"]
WRITES = [name for name in POSTS if name != "request"]


@pytest.mark.parametrize("name", ["conversation", "settings", "request"])
def test_it_hides_the_pages_of_other_teams(client, conversation, other_team, make_member, name):
    client.force_login(make_member(other_team, "owner").user)
    assert client.get(reverse(f"chat:{name}", args=[conversation.pk])).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_it_lets_no_other_team_act(client, conversation, other_team, make_member, name):
    client.force_login(make_member(other_team, "owner").user)
    data = {"message": "Hi", "key": str(uuid.uuid4()), "title": "Mine", "instructions": "Mine", "preset": "precise"}
    assert client.post(reverse(f"chat:{name}", args=[conversation.pk]), data).status_code == 404
    after = Conversation.objects.get(pk=conversation.pk)
    assert (after.title, after.instructions, after.settings, after.deleted_at) == ("What is clay?", "", {}, None)
    assert Run.objects.count() == 1


def test_it_lets_no_other_team_try_again(client, conversation, other_team, make_member):
    client.force_login(make_member(other_team, "owner").user)
    assert client.post(reverse("chat:again", args=[Run.objects.get().pk])).status_code == 404


def test_it_lists_no_chat_of_another_team(client, conversation, other_team, make_member):
    client.force_login(make_member(other_team, "owner").user)
    assert "What is clay?" not in client.get(reverse("chat:past")).content.decode()
    assert "What is clay?" not in client.get(reverse("chat:past"), {"q": "clay"}).content.decode().replace('value="clay"', "")


@pytest.mark.parametrize("name", WRITES)
def test_it_lets_viewers_read_only(client, conversation, viewer, name):
    client.force_login(viewer.user)
    data = {"message": "Hi", "key": str(uuid.uuid4())}
    assert client.post(reverse(f"chat:{name}", args=[conversation.pk]), data).status_code == 403
    assert Run.objects.count() == 1


def test_it_shows_viewers_the_conversation_without_a_composer(client, conversation, viewer):
    client.force_login(viewer.user)
    page = client.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert "What is clay?" in page and "<em>soft</em>" in page
    assert "You can read this." in page
    assert "data-composer" not in page and "/again/" not in page


@pytest.mark.parametrize("name", ["home", "past"])
def test_it_asks_strangers_to_sign_in(client, name, editor):
    response = client.get(reverse(f"chat:{name}"))
    assert response.status_code == 302 and "sign-in" in response.url


def test_it_takes_no_model_of_another_team(as_editor, conversation, other_team):
    from apps.providers.models import Provider

    foreign = Provider.objects.create(team=other_team, name="Theirs", base_url="https://api.example.org/v1").models.create(
        name="secret-model"
    )
    url = reverse("chat:settings", args=[conversation.pk])
    as_editor.post(url, {"model": str(foreign.pk), "shown.model": ""})
    assert Conversation.objects.get().settings["model"] != str(foreign.pk)
