"""Links to chats of another team of the same person: they switch to it and say so. For anybody else there is nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role
from apps.chat.models import Share

pytestmark = pytest.mark.django_db
SAYS = "You are in the team Harbour now."


@pytest.fixture
def elsewhere(editor, other_team):
    """The browser of an editor of both teams, who works in the other one now."""
    Membership.objects.create(team=other_team, user=editor.user, role=Role.EDITOR)
    client = Client()
    client.force_login(editor.user)
    session = client.session
    session["team_id"] = str(other_team.pk)
    session.save()
    return client


@pytest.fixture
def share(conversation):
    turns = [{"by": "", "text": "What is clay?", "at": "2026-11-29T09:00:00+00:00"}]
    return Share.objects.create(team=conversation.team, conversation=conversation, token="a-token", title="Clay", turns=turns)


def addresses(conversation):
    turn = conversation.turns.first()
    yield "conversation", reverse("chat:conversation", args=[conversation.pk])
    yield "turn", reverse("chat:see_turn", args=[conversation.pk, turn.pk])
    yield "export", reverse("chat:export", args=[conversation.pk, "txt"])
    yield "shared", reverse("chat:read_shared", args=["a-token"])


@pytest.mark.parametrize("what", ["conversation", "turn", "export", "shared"])
def test_a_link_switches_to_the_team_of_its_chat(elsewhere, conversation, share, team, what):
    response = elsewhere.get(dict(addresses(conversation))[what], follow=True)
    assert response.status_code == 200
    assert elsewhere.session["team_id"] == str(team.pk)
    if what != "export":
        assert SAYS in response.content.decode()


@pytest.mark.parametrize("what", ["conversation", "turn", "export", "shared"])
def test_for_others_there_is_nothing(make_member, other_team, conversation, share, what):
    client = Client()
    client.force_login(make_member(other_team, "owner").user)
    assert client.get(dict(addresses(conversation))[what]).status_code == 404
