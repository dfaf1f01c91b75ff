"""Two people, or a person and a worker, at the same moment. Threads with connections of their own, on either database."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from apps.accounts import invitations, members
from apps.accounts.data_keeping import _repeat, _steps, housekeep
from apps.accounts.models import AuditEntry, Invitation, Membership, Role, Team
from apps.chat.models import Conversation
from apps.core.ids import new_id
from apps.providers import services
from apps.providers.checkup import check, checking
from apps.providers.models import Model, PersonalKey, Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.runs.services import start_run
from apps.runs.sweeper import sweep
from tests.belongings import make_chat, make_run

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gave or raised; all begin together."""
    ready, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def carry_out(place: int) -> None:
        try:
            ready.wait(10)
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=carry_out, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_an_invitation_that_two_accept_takes_one_of_them(team, make_member):
    boss = make_member(team, Role.OWNER)
    row, _token = invitations.invite(boss, role=Role.EDITOR, days=7, key=new_id())
    others = [make_member(Team.objects.create(name=f"Team {number}")).user for number in range(4)]
    outcomes = at_once(*(lambda user=user: invitations.accept(row, user) for user in others))
    assert [type(each) for each in outcomes].count(Membership) == 1
    assert [type(each) for each in outcomes].count(invitations.Gone) == 3
    assert Membership.objects.filter(team=team).count() == 2 and Invitation.objects.get().accepted_by is not None


def test_the_same_person_who_accepts_twice_is_in_once(team, make_member, other_team):
    row, _token = invitations.invite(make_member(team, Role.OWNER), role=Role.EDITOR, days=7, key=new_id())
    user = make_member(other_team).user
    outcomes = at_once(*[lambda: invitations.accept(row, user)] * 3)
    assert {type(each) for each in outcomes} == {Membership} and Membership.objects.filter(team=team, user=user).count() == 1


def test_two_admins_who_lock_each_other_out_leave_one(team, make_member):
    first, second = make_member(team, Role.ADMIN), make_member(team, Role.ADMIN)
    at_once(lambda: members.lock_out(first, second.pk), lambda: members.lock_out(second, first.pk))
    assert Membership.objects.filter(team=team, disabled_at=None).count() == 1


def test_two_admins_who_change_one_role_leave_two_lines_that_agree(team, make_member):
    admins = [make_member(team, Role.ADMIN) for _number in range(2)]
    member = make_member(team, Role.EDITOR)
    at_once(
        lambda: members.change_role(admins[0], member.pk, Role.VIEWER),
        lambda: members.change_role(admins[1], member.pk, Role.ADMIN),
    )
    member.refresh_from_db()
    first, last = AuditEntry.objects.filter(act="role.changed").order_by("pk")
    assert (first.details["before"], last.details["before"], last.details["after"]) == ("editor", first.details["after"], member.role)


def test_a_provider_that_is_changed_while_it_is_deleted_keeps_no_key(team, make_member):
    boss = make_member(team, Role.OWNER)
    for number in range(8):
        provider = services.create_provider(
            team, name=f"P{number}", base_url="https://api.example.org/v1", key="sk-old", takes_personal_keys=True
        )
        PersonalKey.objects.create(provider=provider, user=boss.user, key="x", key_origin="https://api.example.org:443")
        changed = {"name": "New", "base_url": "https://other.example.org/v1", "key": "sk-new"}
        loaded = Provider.objects.get(pk=provider.pk)
        outcomes = at_once(
            lambda provider=provider, changed=changed: services.update_provider(provider, **changed, by=boss),
            lambda loaded=loaded: services.delete_provider(loaded, by=boss),
        )
        assert not isinstance(outcomes[1], Exception), outcomes
        gone = Provider.objects.get(pk=provider.pk)
        assert gone.deleted_at is not None and gone.key == "" and not PersonalKey.objects.filter(provider=gone).exists()


def test_a_provider_that_is_deleted_already_is_not_changed(team, make_member):
    boss = make_member(team, Role.OWNER)
    provider = services.create_provider(team, name="Old", base_url="https://api.example.org/v1")
    opened = Provider.objects.get(pk=provider.pk)
    services.delete_provider(provider, by=boss)
    with pytest.raises(Http404):
        services.update_provider(opened, name="New", base_url="https://api.example.org/v1", key="sk-late", by=boss)
    provider.refresh_from_db()
    assert (provider.name, provider.key) == ("Old", "")


def clean_up() -> None:
    """What `housekeep` does, without the mark that lets one at a time do it: it may have been lost."""
    for step in _steps(20):
        _repeat(step, until=float("inf"))


@pytest.mark.parametrize("mark", ["erase_before", "deleted_at"])
def test_two_who_clean_up_one_team_do_no_harm(team, provider, mark):
    for _number in range(10):
        make_run(team, provider, file=b"pot")
        make_chat(team, provider, answers=3)
    Team.objects.filter(pk=team.pk).update(**{mark: timezone.now()})
    outcomes = at_once(clean_up, clean_up)
    assert outcomes == [None, None]
    clean_up()
    assert not Conversation.objects.exists() and not Run.objects.exclude(text="").exists()
    assert Team.objects.filter(pk=team.pk).exists() == (mark == "erase_before")


def test_a_team_goes_though_calls_of_others_went_to_its_provider(team, other_team, provider):
    """It was offered to all teams for a while."""
    theirs = make_run(other_team, provider)
    Model.objects.create(provider=provider, name="plain-1")
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    while housekeep():
        pass
    theirs.refresh_from_db()
    assert theirs.provider_label == "" and theirs.text
    assert not Team.objects.filter(pk=team.pk).exists()


def test_a_team_that_is_deleted_in_the_middle_of_an_answer_sends_nothing_more_and_is_purged(team, editor, provider, loopback):
    def ask(mark: str) -> Run:
        params = {"messages": [{"role": "user", "content": f"Count {mark}"}]}
        common = {"team": team, "person": editor.user, "operation": "chat.reply", "provider": provider}
        return start_run(**common, model="steady-rate20-tokens200", params=params, key=mark)

    writing, waiting, late = ask("#t-9e01"), ask("#t-9e02"), ask("#t-9e03")

    def work() -> None:
        execute([writing.pk])
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    loopback.wait_for_call("#t-9e01")
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    execute([late.pk])  # its message was under way
    clean_up()
    execute([waiting.pk])
    worker.join(10)
    assert not worker.is_alive()
    sweep()
    while housekeep():
        pass
    assert not loopback.calls("#t-9e02") and not loopback.calls("#t-9e03")
    assert not Run.objects.exists() and not Team.objects.filter(pk=team.pk).exists()


def test_two_check_ups_of_one_provider_write_the_same(team, loopback):
    provider = services.create_provider(team, name="Loopback", base_url=loopback.url, allow_private=True)
    rows = [Provider.objects.get(pk=provider.pk) for _number in range(3)]
    outcomes = at_once(*(lambda row=row: check(row) for row in rows))
    assert [each.ok for each in outcomes] == [True] * 3, outcomes
    names = list(Model.objects.filter(provider=provider).values_list("name", flat=True))
    assert len(names) == len(set(names)) == outcomes[0].models > 0
    provider.refresh_from_db()
    assert provider.last_check["ok"]


def test_a_provider_that_is_deleted_in_its_check_up_gets_no_models(team, loopback, monkeypatch):
    provider = services.create_provider(team, name="Loopback", base_url=loopback.url, allow_private=True)
    opened = Provider.objects.get(pk=provider.pk)
    look = checking._look

    def slow_look(*args):
        findings = look(*args)
        services.delete_provider(opened)
        return findings

    monkeypatch.setattr(checking, "_look", slow_look)
    check(provider)
    gone = Provider.objects.get(pk=provider.pk)
    assert gone.deleted_at is not None and gone.last_check == {} and not Model.objects.filter(provider=gone).exists()
