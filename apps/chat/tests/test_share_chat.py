"""A chat by a link: what it shows, to whom, and for how long."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.data_keeping import housekeep
from apps.accounts.models import AuditEntry
from apps.chat.models import Conversation, Share, SharingRule
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def share(as_editor, conversation):
    """Make a link; the row of it."""

    def share(**data):
        assert as_editor.post(reverse("chat:share", args=[conversation.pk]), data).url == reverse("chat:shared")
        return Share.objects.latest("id")

    return share


def url_of(row):
    return reverse("chat:read_shared", args=[row.token])


@pytest.fixture
def stranger(client_of):
    return client_of(None)


@pytest.fixture
def client_of():
    from django.test import Client

    def client_of(membership):
        client = Client()
        if membership:
            client.force_login(membership.user)
        return client

    return client_of


def test_nothing_is_shared_until_somebody_does(as_editor, conversation):
    assert not Share.objects.exists() and "No chat is shared." in as_editor.get(reverse("chat:shared")).content.decode()


def test_it_is_frozen_without_the_instructions(share, as_editor, conversation, send, finish):
    Conversation.objects.update(instructions="Secret rule", title="<b>Clay</b>")
    row = share()
    send("Later words", conversation)
    finish(text="Later answer")
    Conversation.objects.update(title="Other")
    page = as_editor.get(url_of(row)).content.decode()
    assert "What is clay?" in page and "Clay is <em>soft</em> earth." in page and "Plain 1" in page
    assert "&lt;b&gt;Clay&lt;/b&gt;" in page and "Later" not in page and "Secret rule" not in page
    assert str(conversation.pk) not in page


def test_two_clicks_make_one_link(share, as_editor, conversation, send, finish):
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    form = page[page.index(reverse("chat:share", args=[conversation.pk])) :]
    key = re.search(r'name="key" value="(\w{32})"', form)[1]
    first = share(key=key, days="7")
    assert share(key=key, days="7") == first and Share.objects.count() == 1
    assert AuditEntry.objects.filter(act="chat.shared").count() == 1
    assert share(key=key, days="30") != first  # somebody went back and chose otherwise
    send("And then?", conversation)
    finish(text="More.")
    assert share(key=key, days="7") != first and Share.objects.count() == 3
    share()
    share()
    assert Share.objects.count() == 5


def test_instructions_go_with_it_where_chosen(share, as_editor, conversation):
    Conversation.objects.update(instructions="<i>Rule</i>")
    assert "&lt;i&gt;Rule&lt;/i&gt;" in as_editor.get(url_of(share(instructions="1"))).content.decode()


def test_hostile_answers_stay_text(share, as_editor, conversation, finish):
    finish(conversation.leaf.run, text="<script>alert(1)</script> [x](javascript:alert(1)) ![](https://evil.example/x.png)")
    page = as_editor.get(url_of(share())).content.decode()
    assert "<script>alert" not in page and 'href="javascript' not in page and 'src="https://evil' not in page


def test_only_members_unless_an_admin_said_so(share, stranger, client_of, make_member, team, other_team, viewer):
    row = share()
    outsider, admin = client_of(make_member(other_team, "owner")), client_of(make_member(team, "admin"))
    assert client_of(viewer).get(url_of(row)).status_code == 200
    assert outsider.get(url_of(row)).status_code == 404
    assert stranger.get(url_of(row)).status_code == 302 and "sign-in" in stranger.get(url_of(row)).url
    admin.post(reverse("chat:sharing_rule"), {"who": "anybody"})
    for client in (stranger, outsider):
        response = client.get(url_of(row))
        assert response.status_code == 200 and "no-store" in response["Cache-Control"] and "noindex" in response["X-Robots-Tag"]
        assert "script-src" in response["Content-Security-Policy"]
    admin.post(reverse("chat:sharing_rule"), {"who": "members"})
    assert stranger.get(url_of(row)).status_code == 302


def test_an_editor_may_not_open_it_to_anybody(as_editor, conversation):
    assert as_editor.post(reverse("chat:sharing_rule"), {"who": "anybody"}).status_code == 403
    assert not SharingRule.objects.exists()


def test_who_opens_links_to_anybody_sees_how_many(share, client_of, make_member, team, as_editor):
    rows = [share() for _ in range(4)]
    Share.objects.filter(pk=rows[0].pk).update(expires_at=timezone.now())
    as_editor.post(reverse("chat:withdraw", args=[rows[1].pk]))
    admin, page = client_of(make_member(team, "admin")), reverse("chat:shared")
    assert "This also opens the 2 links there are." in admin.get(page).content.decode()
    assert "This also opens" not in as_editor.get(page).content.decode()
    as_editor.post(reverse("chat:withdraw", args=[rows[2].pk]))
    assert "This also opens the one link there is." in admin.get(page).content.decode()
    admin.post(reverse("chat:sharing_rule"), {"who": "anybody"})
    assert "This also opens" not in admin.get(page).content.decode()


def test_a_stranger_reads_so_many_a_minute_and_members_read_on(share, stranger, as_editor, team, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"shared_chat": "3/m/ip"}
    SharingRule.objects.create(team=team, is_public=True)
    row = share()
    assert [stranger.get(url_of(row)).status_code for _ in range(2)] == [200, 200]
    assert stranger.get(reverse("chat:read_shared", args=["guessed"])).status_code == 404
    refused = stranger.get(url_of(row))
    assert refused.status_code == 429 and "no-store" in refused["Cache-Control"] and "clay" not in refused.content.decode()
    assert stranger.get(url_of(row), REMOTE_ADDR="198.51.100.7").status_code == 200
    assert as_editor.get(url_of(row)).status_code == 200


def test_it_is_withdrawn_at_once_and_its_words_go(share, as_editor, stranger, team):
    SharingRule.objects.create(team=team, is_public=True)
    row = share()
    assert url_of(row) in as_editor.get(reverse("chat:shared")).content.decode()
    as_editor.post(reverse("chat:withdraw", args=[row.pk]))
    as_editor.post(reverse("chat:withdraw", args=[row.pk]))
    assert stranger.get(url_of(row)).status_code == as_editor.get(url_of(row)).status_code == 404
    row.refresh_from_db()
    assert row.turns == [] and url_of(row) not in as_editor.get(reverse("chat:shared")).content.decode()
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["chat.shared", "chat.withdrawn"]
    assert row.token not in str([entry.details for entry in AuditEntry.objects.all()])


@pytest.mark.parametrize(("days", "lasts"), [("7", 7), ("30", 30), ("", None), ("9999", None), ("-1", None)])
def test_it_lasts_as_long_as_chosen(share, as_editor, days, lasts):
    row = share(days=days)
    assert (row.expires_at is None) == (lasts is None)
    if lasts:
        assert abs(row.expires_at - timezone.now() - datetime.timedelta(days=lasts)) < datetime.timedelta(minutes=1)
        Share.objects.update(expires_at=timezone.now())
        assert as_editor.get(url_of(row)).status_code == 404


def test_it_goes_with_the_chat_and_with_everything(share, as_editor, conversation, team):
    row = share()
    as_editor.post(reverse("chat:delete", args=[conversation.pk]))
    assert as_editor.get(url_of(row)).status_code == 404
    as_editor.post(reverse("chat:restore", args=[conversation.pk]))
    assert as_editor.get(url_of(row)).status_code == 200
    team.erase_before = timezone.now() + datetime.timedelta(seconds=1)
    team.save()
    assert as_editor.get(url_of(row)).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "a" * 500, "\x00"])
def test_no_other_token_opens_anything(share, as_editor, token):
    share()
    assert as_editor.get(reverse("chat:read_shared", args=[token])).status_code == 404


def test_viewers_and_others_share_and_withdraw_nothing(share, client_of, viewer, conversation, other_team, make_member):
    row = share()
    for who, status in ((client_of(viewer), 403), (client_of(make_member(other_team, "owner")), 404)):
        assert who.post(reverse("chat:share", args=[conversation.pk])).status_code == status
        assert who.post(reverse("chat:withdraw", args=[row.pk])).status_code == status
    assert Share.objects.get().withdrawn_at is None


def test_a_copy_whose_time_is_over_keeps_no_words(share):
    over, lasting = share(days="7", instructions="1"), share(days="30")
    Share.objects.filter(pk=over.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    while housekeep(seconds=30):
        pass
    over.refresh_from_db()
    lasting.refresh_from_db()
    assert (over.turns, over.instructions, over.title) == ([], "", "")
    assert lasting.turns and lasting.title and lasting.withdrawn_at is None


def test_an_answer_that_is_being_written_is_not_frozen_half(as_editor, conversation, send, finish, share):
    whole = conversation.leaf
    as_editor.post(reverse("chat:again", args=[whole.run_id]))
    Run.objects.filter(pk=Run.objects.latest("id").pk).update(status="streaming", text="Half an")
    answer = as_editor.post(reverse("chat:share", args=[conversation.pk]), follow=True)
    assert "An answer is still being written. Share the chat when it has ended" in answer.content.decode()
    assert not Share.objects.exists()
    assert len(share(leaf=whole.pk).turns) == 2  # of another branch nothing is under way
    finish(text="Half and half.")
    assert share().turns[-1]["text"] == "Half and half."


def test_what_is_too_long_is_not_shared(as_editor, conversation, monkeypatch):
    monkeypatch.setattr("apps.chat.sharing.LONGEST", 3)
    answer = as_editor.post(reverse("chat:share", args=[conversation.pk]), follow=True)
    assert "too long to be shared" in answer.content.decode() and not Share.objects.exists()
    monkeypatch.setattr("apps.chat.sharing.LONGEST", 1000)
    monkeypatch.setattr("apps.chat.sharing.MOST_TURNS", 1)
    answer = as_editor.post(reverse("chat:share", args=[conversation.pk]), follow=True)
    assert "too long to be shared" in answer.content.decode() and not Share.objects.exists()


def test_a_team_has_so_many_links_and_no_more(as_editor, conversation, monkeypatch, share):
    monkeypatch.setattr("apps.chat.sharing.MOST_OPEN", 2)
    rows = [share(), share()]
    answer = as_editor.post(reverse("chat:share", args=[conversation.pk]), follow=True)
    assert "This team has 2 shared chats, which is the most." in answer.content.decode() and Share.objects.count() == 2
    as_editor.post(reverse("chat:withdraw", args=[rows[0].pk]))
    share()
