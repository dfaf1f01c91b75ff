"""Tags: put on, spelled once, bounded, suggested, and past chats by them."""

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Tag
from apps.chat.tagging import tags_of_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag(as_editor, conversation):
    def tag(typed, name="add_tag", chat=None):
        return as_editor.post(reverse(f"chat:{name}", args=[(chat or conversation).pk]), {"tag": typed}, follow=True).content.decode()

    return tag


def names(conversation):
    return sorted(conversation.tags.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Harbour", ["Harbour"]),
        (" #Old   boats ", ["Old boats"]),
        ("a, b,A,,  b ", ["A", "b"]),
        ("점토", ["점토"]),
        ("x\x00y\u202e", ["x y"]),
        ("<b>", ["<b>"]),
        ("# #x", ["x"]),
    ],
)
def test_it_is_kept_in_one_spelling(tag, conversation, typed, kept):
    page = tag(typed)
    assert names(conversation) == kept and "<b><" not in page


def test_the_same_in_other_letters_is_the_same(tag, conversation, team):
    tag("Café")
    tag("CAFE")
    assert names(conversation) == ["Café"]
    other = Conversation.objects.create(team=team, title="Other")
    tag("cafe", chat=other)
    assert names(other) == ["Café"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Write a tag first."), (" ,# ", "Write a tag first."), ("x" * 31, "too long for a tag"), ("\ufdfa" * 6, "too long for a tag")],
)
def test_it_says_what_cannot_be_one(tag, conversation, typed, sentence):
    assert sentence in tag(typed) and names(conversation) == []


def test_twelve_at_most(tag, conversation):
    tag(",".join(f"t{number}" for number in range(11)))
    assert "takes 12 tags" in tag("a,b") and len(names(conversation)) == 11
    tag("a")
    assert "takes 12 tags" in tag("b") and len(names(conversation)) == 12


def test_it_is_removed(tag, conversation):
    tag("Harbour, boats")
    tag("HARBOUR", "remove_tag")
    assert names(conversation) == ["boats"]


def test_past_chats_are_narrowed_with_and_without_words(tag, as_editor, conversation, team):
    other = Conversation.objects.create(team=team, title="Clay pots")
    tag("Harbour")
    url, other_url = (reverse("chat:conversation", args=[chat.pk]) for chat in (conversation, other))
    for query in ({"tag": "harbour"}, {"tag": "harbour", "q": "clay"}):
        page = as_editor.get(reverse("chat:past"), query).content.decode()
        assert url in page and other_url not in page and "<option selected>Harbour</option>" in page
    assert "No chat has the tag “Boats”." in as_editor.get(reverse("chat:past"), {"tag": "Boats"}).content.decode()
    assert other_url in as_editor.get(reverse("chat:past"), {"q": "clay"}).content.decode()


def test_the_team_is_offered_its_own_words(as_editor, tag, conversation, editor, team, other_team):
    tag("Harbour, boats")
    tag("boats", chat=Conversation.objects.create(team=team))
    strange = Conversation.objects.create(team=other_team)
    Tag.objects.create(team=other_team, conversation=strange, name="Secret", folded="secret")
    assert tags_of_team(editor) == ["boats", "Harbour"]
    assert as_editor.get(reverse("chat:tag_words")).content.decode().count("<option") == 2
    Conversation.objects.update(deleted_at="2026-01-01T00:00Z")
    assert tags_of_team(editor) == []


@pytest.mark.parametrize("name", ["add_tag", "remove_tag"])
def test_only_those_who_may_write(client, as_editor, conversation, viewer, other_team, make_member, name):
    url = reverse(f"chat:{name}", args=[conversation.pk])
    assert as_editor.get(url).status_code == 405
    client.force_login(viewer.user)
    assert client.post(url, {"tag": "x"}).status_code == 403
    client.force_login(make_member(other_team, "owner").user)
    assert client.post(url, {"tag": "x"}).status_code == 404
    assert not Tag.objects.exists()
