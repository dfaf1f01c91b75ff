"""Delete everything: gone from pages at once, from the disk soon; and what is left of a team that was deleted."""

import pathlib

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from apps.accounts.data_keeping import housekeep
from apps.accounts.models import AuditEntry, Membership, Role, Team, User
from apps.chat.models import Conversation, Turn
from apps.providers.models import DefaultModel, Model, Provider
from apps.runs.models import Attempt, Run, RunFile
from tests.belongings import SECRET, a_run, make_chat, make_run, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_owner(client, team, make_member):
    client.force_login(make_member(team, Role.OWNER, "boss@harbour.example").user)
    return client


def tidy():
    while housekeep():
        pass


def delete(client, name="Harbour"):
    return client.post(reverse("accounts:delete_data"), {"confirmed": name})


def test_it_is_gone_from_every_page_at_once(team, provider, as_owner):
    run, chat = make_run(team, provider), make_chat(team, provider)
    binned = make_chat(team, provider, deleted_at=timezone.now())
    answer = Run.objects.get(turn__conversation=chat)
    assert delete(as_owner).status_code == 302
    pages = [reverse("runs:history"), reverse("chat:past"), reverse("chat:past") + "?show=deleted", reverse("chat:home"), reverse("home")]
    for page in pages:
        assert SECRET not in as_owner.get(page, follow=True).content.decode(), page
    assert as_owner.get(reverse("runs:history"), {"q": "glaze"}).content.decode().count(SECRET) == 0
    assert as_owner.get(reverse("jump"), {"q": "glaze"}).content.decode().count(SECRET) == 0
    for name, pk in (("runs:receipt", run.pk), ("chat:conversation", chat.pk), ("chat:conversation", binned.pk)):
        assert as_owner.get(reverse(name, args=[pk])).status_code == 404
    for name, pk in (("runs:again", run.pk), ("chat:again", answer.pk), ("chat:restore", binned.pk)):
        assert as_owner.post(reverse(name, args=[pk])).status_code == 404
    assert as_owner.get(reverse("runs:live"), {"runs": str(run.pk)}).status_code == 404


def test_it_is_gone_from_the_disk_soon_and_the_numbers_stay(team, provider, as_owner):
    run = make_run(team, provider, file=b"pot")
    make_chat(team, provider, answers=3)
    delete(as_owner)
    assert "Being deleted" in as_owner.get(reverse("accounts:data")).content.decode()
    tidy()
    assert SECRET not in words_of(run) and str(run.cost) == "0.01000000"
    assert (Conversation.objects.count(), Turn.objects.count(), RunFile.objects.count()) == (0, 0, 0)
    assert Run.objects.count() == 4 and not Run.objects.exclude(text="").exists()
    assert not list(pathlib.Path(settings.MEDIA_ROOT).glob(f"runs/{team.pk}/*"))
    assert "Being deleted" not in as_owner.get(reverse("accounts:data")).content.decode()


def test_it_leaves_people_providers_settings_and_audit(team, provider, as_owner):
    delete(as_owner)
    tidy()
    assert Membership.objects.filter(team=team).exists() and Provider.objects.filter(team=team).exists()
    assert AuditEntry.objects.get(act="data.deleted").target == "Harbour"


def test_it_leaves_what_is_made_afterwards_and_other_teams_alone(team, other_team, provider, as_owner):
    theirs = make_run(other_team, provider)
    delete(as_owner)
    fresh, chat = make_run(team, provider, days=-0.001), make_chat(team, provider, days=-0.001)
    tidy()
    assert SECRET in words_of(fresh) and SECRET in words_of(theirs)
    assert Turn.objects.filter(conversation=chat).count() == 2
    assert as_owner.get(reverse("chat:conversation", args=[chat.pk])).status_code == 200


def test_it_stops_what_is_under_way_and_takes_it_when_it_has_ended(team, provider, as_owner):
    waiting = make_run(team, provider, status="queued", finished_at=None)
    writing = make_run(team, provider, status="streaming", finished_at=None)
    delete(as_owner)
    tidy()
    waiting.refresh_from_db()
    writing.refresh_from_db()
    assert (waiting.status, waiting.cost_kind) == ("cancelled", "none")
    assert writing.status == "streaming" and writing.stop_requested_at is not None
    assert "Being deleted: 1 left" in as_owner.get(reverse("accounts:data"), headers={"HX-Request": "true"}).content.decode()
    Run.objects.filter(pk=writing.pk).update(status="cancelled")
    tidy()
    assert SECRET not in words_of(writing)


def test_it_wants_the_name_of_the_team_typed(team, provider, as_owner):
    make_run(team, provider)
    for typed in ("", "harbour", "Elsewhere", "Harbour\x00"):
        assert delete(as_owner, typed).status_code == 422
    team.refresh_from_db()
    assert team.erase_before is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_it_is_for_the_owner_alone(team, make_member, client, role):
    client.force_login(make_member(team, role).user)
    assert delete(client).status_code == 403
    team.refresh_from_db()
    assert team.erase_before is None


def test_a_second_click_deletes_what_came_between(team, provider, as_owner):
    delete(as_owner)
    between = make_run(team, provider)
    delete(as_owner)
    tidy()
    assert SECRET not in words_of(between)


# --- A team that was deleted -------------------------------------------------------------------
def test_it_purges_a_deleted_team_with_all_its_rows_and_files(team, other_team, provider, make_member):
    person = make_member(team, Role.OWNER).user
    model = Model.objects.create(provider=provider, name="plain-1")
    DefaultModel.objects.create(team=team, purpose="writing", model=model)
    make_run(team, provider, file=b"pot")
    make_chat(team, provider, answers=3)
    Run.objects.bulk_create([a_run(team, provider) for _number in range(1000)])
    of_theirs = Provider.objects.create(team=other_team, name="Theirs", base_url="http://127.0.0.1:9/v1")
    theirs = make_run(other_team, of_theirs)
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    tidy()
    assert not Team.objects.filter(pk=team.pk).exists()
    assert list(Run.objects.all()) == [theirs] and Attempt.objects.count() == 1
    assert list(Provider.objects.all()) == [of_theirs] and not Model.objects.exists() and not Turn.objects.exists()
    assert User.objects.filter(pk=person.pk).exists()
    assert not list(pathlib.Path(settings.MEDIA_ROOT).glob(f"runs/{team.pk}/*"))


def test_it_waits_with_the_team_until_its_last_call_has_ended(team, provider):
    run = make_run(team, provider, status="streaming", finished_at=None)
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    tidy()
    run.refresh_from_db()
    assert run.stop_requested_at is not None
    Run.objects.filter(pk=run.pk).update(status="cancelled")
    tidy()
    assert not Team.objects.filter(pk=team.pk).exists()
