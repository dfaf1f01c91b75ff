"""A provider whose check-up found no chat: the panel says so."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
NO_CHAT = {"chat": {"state": "missing", "reason": "no_path", "status": 404}}


@pytest.fixture
def without_chat(provider):
    provider.endpoints = NO_CHAT
    provider.save(update_fields=["endpoints"])
    return provider


def test_it_says_why_there_is_no_model_to_choose(as_editor, without_chat, model):
    page = as_editor.get(reverse("chat:home")).content.decode()
    assert f"{without_chat.name} has no “Chat”." in page


def test_it_says_so_beside_a_model_that_was_chosen_before(as_editor, conversation, without_chat):
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert f"{without_chat.name} has no “Chat”." in page


def test_it_says_nothing_where_chat_works_or_is_not_known(as_editor, provider, model):
    for state in ({}, {"chat": {"state": "unclear"}}, {"chat": {"state": "works"}}):
        provider.endpoints = state
        provider.save(update_fields=["endpoints"])
        assert "has no “Chat”" not in as_editor.get(reverse("chat:home")).content.decode()
