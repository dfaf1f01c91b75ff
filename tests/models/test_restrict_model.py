"""Who may use a model: admins decide, pages offer no other, and no page goes round it, since the start of every run asks."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Membership, Role
from apps.catalog.tests.conftest import key, page_of
from apps.chat.models import Conversation
from apps.providers.choices import default_model, models_for
from apps.providers.model_access import rule_of
from apps.providers.models import ModelAccess
from apps.providers.services import set_default
from apps.runs.models import Run
from apps.runs.services import start_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(live):
    return live.models.create(name="steady-rate0-tokens3")


@pytest.fixture
def restrict(admin, model):
    def post(who, *people, of=model):
        data = {"who": who, "people": [str(member.pk) for member in people]}
        return admin.post(reverse("catalog:access", args=[of.pk]), data)

    return post


@pytest.fixture
def ask(team, live, model):
    def start(person, **changes):
        wanted = {"operation": "chat.reply", "params": {"messages": [{"role": "user", "content": "Hello"}]}, "key": key()} | changes
        return start_run(team=team, person=person, provider=live, model=model.name, **wanted)

    return start


def test_it_offers_a_model_to_those_alone_who_may_use_it(team, restrict, model, as_role):
    (_editor, editor), (_owner, owner) = as_role(Role.EDITOR), as_role(Role.OWNER)
    assert restrict(Role.ADMIN).status_code == 302
    assert [models_for(team, "chat", member) == [] for member in (editor, owner)] == [True, False]
    restrict("people", editor)
    assert [models_for(team, "chat", member) == [] for member in (editor, owner)] == [False, True]
    restrict(Role.OWNER, editor)
    assert [models_for(team, "chat", member) == [] for member in (editor, owner)] == [False, False]
    restrict("everybody")
    assert not ModelAccess.objects.exists()


def test_it_is_not_in_the_picker_of_somebody_else(restrict, model, as_role):
    client, _editor = as_role(Role.EDITOR)
    rows = reverse("providers:picker")
    assert str(model.pk) in client.get(rows, {"endpoint": "chat"}).text
    restrict(Role.ADMIN)
    assert str(model.pk) not in client.get(rows, {"endpoint": "chat"}).text


def test_it_sends_nothing_for_somebody_who_may_not(restrict, ask, as_role, work_off, loopback):
    _client, editor = as_role(Role.EDITOR)
    restrict(Role.ADMIN)
    run = ask(editor.user)
    work_off()
    run.refresh_from_db()
    assert (run.status, run.error_kind, run.cost_kind) == ("failed", "model_access", "none")
    assert "is not open to you in this team" in run.error["sentence"]
    assert not run.attempts.exists()
    assert not [each for each in loopback.requests() if each.model]


def test_it_gives_the_same_refused_run_for_a_double_click(restrict, ask, as_role):
    _client, editor = as_role(Role.EDITOR)
    restrict(Role.ADMIN)
    same = key()
    assert ask(editor.user, key=same).pk == ask(editor.user, key=same).pk
    assert Run.objects.count() == 1


def test_it_lets_who_may_and_checks_of_the_team_through(restrict, ask, as_role, admin_of):
    _client, editor = as_role(Role.EDITOR)
    restrict(Role.ADMIN)
    assert ask(admin_of.user).status == "queued"
    assert ask(editor.user, operation="moderation.check", params={"input": "x"}, parent=("gate", uuid.uuid4())).status == "queued"
    assert ask(None).status == "failed"


def test_it_keeps_a_model_closed_that_is_taken_away_and_typed_in_again(restrict, ask, as_role, admin, live, model):
    _client, editor = as_role(Role.EDITOR)
    restrict(Role.ADMIN)
    model.delete()
    assert ask(editor.user).error_kind == "model_access"
    admin.post(reverse("catalog:add", args=[live.pk]), {"name": model.name})
    assert ask(editor.user).error_kind == "model_access"


def test_it_says_in_a_chat_that_another_model_answers(restrict, model, live, team, as_role, work_off):
    client, editor = as_role(Role.EDITOR)
    live.models.create(name="steady-rate0-tokens4")
    chat = Conversation.objects.create(team=team, person=editor.user, settings={"model": str(model.pk)})
    restrict(Role.ADMIN)
    address = reverse("chat:conversation", args=[chat.pk])
    assert "which is not open to you" in client.get(address).text
    assert client.post(address, {"message": "Hello", "key": key()}).status_code == 303
    work_off()
    assert (Run.objects.get().model, Run.objects.get().status) == ("steady-rate0-tokens4", "completed")


def test_it_starts_pages_with_a_default_that_is_open_to_whoever_looks(restrict, model, live, team, as_role, admin_of):
    _client, editor = as_role(Role.EDITOR)
    other = live.models.create(name="steady-rate0-tokens4")
    set_default(team, "writing", model)
    restrict(Role.ADMIN)
    assert default_model(team, member=editor) == other
    assert default_model(team, member=admin_of) == model


def test_it_takes_no_closed_model_that_a_form_names(restrict, model, live, as_role):
    client, _editor = as_role(Role.EDITOR)
    live.models.create(name="steady-rate0-tokens4")
    restrict(Role.ADMIN)
    client.post(reverse("chat:new_settings"), {"model": str(model.pk), "shown.model": ""})
    assert str(model.pk) not in str(client.session.get("new_chat"))


def test_it_leaves_old_answers_readable(restrict, ask, as_role, work_off):
    client, editor = as_role(Role.EDITOR)
    run = ask(editor.user)
    work_off()
    restrict(Role.ADMIN)
    page = client.get(reverse("runs:receipt", args=[run.pk]))
    assert page.status_code == 200 and "w0001" in page.text


def test_it_writes_each_change_into_the_audit(restrict, model, as_role):
    _client, editor = as_role(Role.EDITOR)
    restrict("people", editor)
    restrict("people", editor)
    restrict("everybody")
    first, second = AuditEntry.objects.filter(act="model.access").order_by("pk")
    assert (first.target, first.details["before"], first.details["after"]) == (model.name, "everybody who may ask", str(editor.user))
    assert second.details["after"] == "everybody who may ask"


@pytest.mark.parametrize("data", [{}, {"who": "people"}, {"who": "nobody"}, {"who": "people", "people": ["x\x00"]}])
def test_it_refuses_what_makes_no_sense(admin, model, data):
    page = admin.post(reverse("catalog:access", args=[model.pk]), data)
    assert page.status_code == 422
    assert not ModelAccess.objects.exists()


def test_it_takes_nobody_of_another_team(admin, model, other_team, make_member):
    stranger = make_member(other_team)
    assert admin.post(reverse("catalog:access", args=[model.pk]), {"who": "people", "people": [str(stranger.pk)]}).status_code == 422


def test_it_is_settled_by_admins_alone(model, as_role):
    client, _editor = as_role(Role.EDITOR)
    assert client.post(reverse("catalog:access", args=[model.pk]), {"who": Role.OWNER}).status_code == 403
    page = client.get(page_of(model)).text
    assert "Open to everybody who may ask." in page and "Save who may use it" not in page


def test_it_forgets_somebody_who_leaves_the_team(restrict, team, live, model, as_role):
    _client, editor = as_role(Role.EDITOR)
    restrict("people", editor)
    Membership.objects.filter(pk=editor.pk).delete()
    rule = rule_of(team.pk, live.pk, model.name)
    assert rule is not None and not rule.people
