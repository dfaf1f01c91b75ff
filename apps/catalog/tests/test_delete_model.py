"""A tuned model is deleted at its provider: once, by an admin who typed its name; what came of it is told and kept."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.catalog.tests.conftest import key, page_of
from apps.providers.model_list import read_models, store_models
from apps.providers.models import DefaultModel, Model
from apps.runs.followups import begin_due
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tuned(live):
    def make(act="done"):
        return live.models.create(name=f"ft:steady:harbour::{act}", facts={"owned_by": "org-harbour"})

    return make


@pytest.fixture
def delete(admin, work_off):
    def post(model, name=None, client=admin, same=""):
        data = {"name": model.name if name is None else name, "key": same or key()}
        response = client.post(reverse("catalog:delete", args=[model.pk]), data)
        work_off()
        model.refresh_from_db()
        return response

    return post


def calls(loopback):
    return [each for each in loopback.requests() if each.path.startswith("/v1/models/")]


def test_it_deletes_it_and_takes_it_from_every_list(admin, team, tuned, delete, loopback):
    model = tuned()
    DefaultModel.objects.create(team=team, purpose="writing", model=model)
    assert delete(model).url == page_of(model)
    assert (model.deleted_at is not None, model.deleting_since, model.is_listed) == (True, None, False)
    assert [each.model for each in calls(loopback)] == [model.name]
    assert not DefaultModel.objects.exists()
    run = Run.objects.get()
    assert (run.status, run.cost_kind) == ("completed", "none")
    assert model.name not in admin.get(reverse("catalog:list"), {"show": "hidden"}).text
    assert model.name not in admin.get(reverse("providers:picker"), {"endpoint": "chat"}).text
    assert "Harbour deleted it" in admin.get(page_of(model)).text
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", "target"))
    assert acts == [("model.deleting", model.name), ("model.deleted", model.name)]


@pytest.mark.parametrize("name", ["", "steady", "FT:STEADY:HARBOUR::DONE", "ft:steady:harbour::done\x00"])
def test_it_asks_for_the_name(tuned, delete, name, loopback):
    model = tuned()
    assert delete(model, name).status_code == 422
    assert not Run.objects.exists() and not calls(loopback)


@pytest.mark.parametrize(
    ("act", "status", "told"),
    [
        ("refused", "failed", "This key may not use"),
        ("gone", "failed", "does not know"),
        ("kept", "failed", "did not delete the model"),
        ("lost", "unknown", "is not known. It is not asked again by itself."),
    ],
)
def test_it_tells_in_words_what_became_of_it_and_asks_no_second_time(admin, tuned, delete, loopback, act, status, told):
    model = tuned(act)
    delete(model)
    begin_due()
    run = Run.objects.get()
    assert (run.status, model.deleted_at, model.deleting_since, model.is_listed) == (status, None, None, True)
    assert len(calls(loopback)) == 1
    page = admin.get(page_of(model)).text
    assert told in page and "Delete the model" in page


def test_it_is_repeated_by_no_button(admin, tuned, delete, loopback):
    model = tuned("lost")
    delete(model)
    run = Run.objects.get()
    assert reverse("runs:again", args=[run.pk]) not in admin.get(page_of(model)).text
    assert "Run again" not in admin.get(reverse("runs:receipt", args=[run.pk])).text
    admin.post(reverse("runs:again", args=[run.pk]), {"key": key()})
    assert Run.objects.count() == 1


def test_it_makes_one_call_for_two_clicks_and_two_people(tuned, admin, loopback, work_off, as_role):
    model, same = tuned(), key()
    owner, _member = as_role(Role.OWNER)
    address = reverse("catalog:delete", args=[model.pk])
    for client, each in ((admin, same), (admin, same), (owner, key())):
        client.post(address, {"name": model.name, "key": each})
    work_off()
    assert len(calls(loopback)) == 1
    assert admin.post(address, {"name": model.name, "key": key()}).status_code == 404


def test_it_notes_the_end_of_a_run_that_nobody_followed(tuned, admin, monkeypatch, work_off):
    """The worker died between the answer and the note: the sweeper comes by."""
    from apps.runs import followups

    model, followed = tuned(), followups.begin
    admin.post(reverse("catalog:delete", args=[model.pk]), {"name": model.name, "key": key()})
    monkeypatch.setattr(followups, "begin", lambda kind, pk: None)
    work_off()
    model.refresh_from_db()
    assert model.deleting_since is not None
    monkeypatch.setattr(followups, "begin", followed)
    begin_due()
    model.refresh_from_db()
    assert model.deleted_at is not None


def test_it_is_there_again_when_its_provider_lists_it_again(live, tuned, delete):
    model = tuned()
    delete(model)
    store_models(live, read_models([{"id": model.name}]))
    assert Model.objects.get(pk=model.pk).deleted_at is None


def test_it_deletes_no_model_that_nobody_tuned(admin, live, as_role, tuned):
    plain = live.models.create(name="steady", facts={"owned_by": "openai"})
    assert admin.get(reverse("catalog:delete", args=[plain.pk])).status_code == 404
    assert "Delete the model" not in admin.get(page_of(plain)).text
    editor, _member = as_role(Role.EDITOR)
    assert editor.post(reverse("catalog:delete", args=[tuned().pk]), {}).status_code == 403


def test_it_deletes_nothing_at_a_provider_that_is_only_offered(admin, live, tuned):
    model = tuned()
    live.team = None
    live.save()
    assert admin.get(reverse("catalog:delete", args=[model.pk])).status_code == 403
    assert "Delete the model" not in admin.get(page_of(model)).text


def test_it_says_that_it_is_final_and_what_has_chosen_it(admin, team, tuned):
    model = tuned()
    DefaultModel.objects.create(team=team, purpose="writing", model=model)
    page = admin.get(reverse("catalog:delete", args=[model.pk])).text
    assert "It is final." in page and "1 default" in page
