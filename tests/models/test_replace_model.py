"""Models that leave: what goes when, what is touched, one question to both, and another one in their place."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.catalog.tests.conftest import key, page_of
from apps.chat.models import Conversation
from apps.moderation.models import Rules
from apps.providers.model_notes import mark
from apps.providers.models import DefaultModel, ModelFact
from apps.runs.models import Run
from tests.belongings import make_run

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "catalog:retirements"
OLD, NEW = "steady-rate0-tokens3", "steady-rate0-tokens4"


def day(days):
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.fixture
def old(live, team):
    model = live.models.create(name=OLD)
    mark(team, model, shutdown_date=day(20), replacement=f"unheard-of, {NEW}")
    return model


@pytest.fixture
def new(live):
    return live.models.create(name=NEW)


@pytest.fixture
def chosen(team, old, admin_of):
    """What has chosen the old one: two chats, one that was deleted, a default, and the check before sending."""
    for title in ("About pots", "About vases"):
        Conversation.objects.create(team=team, person=admin_of.user, title=title, settings={"model": str(old.pk), "parameters": {"n": 1}})
    Conversation.objects.create(team=team, title="Gone", settings={"model": str(old.pk)}, deleted_at=timezone.now())
    DefaultModel.objects.create(team=team, purpose="writing", model=old)


def test_it_lists_what_goes_when_soonest_first_and_what_is_over(admin, live, team, old, new, chosen):
    mark(team, live.models.create(name="later"), shutdown_date=day(90))
    mark(team, live.models.create(name="over"), shutdown_date=day(-3))
    make_run(team, live, model=OLD)
    page = admin.get(reverse(LIST))
    assert [each.choice.model.name for each in page.context["to_come"]] == [OLD, "later"]
    assert [each.choice.model.name for each in page.context["past"]] == ["over"]
    assert "1 default, 2 chats" in page.text and "1 call" in page.text and "unheard-of" in page.text
    assert reverse("catalog:model", args=[new.pk]) in page.text
    narrowed = admin.get(reverse(LIST), {"show": "used"})
    assert [each.choice.model.name for each in narrowed.context["to_come"]] == [OLD]


def test_it_says_at_home_what_of_ours_leaves_soon(admin, team, live, old, chosen):
    page = admin.get(reverse("home")).text
    assert "1 model that you use leaves soon" in page and f"{reverse(LIST)}?show=used" in page
    other = live.models.create(name="other")
    mark(team, other, shutdown_date=day(5))
    make_run(team, live, model="other")
    assert "2 models that you use leave soon" in admin.get(reverse("home")).text


def test_it_shows_by_whom_a_model_was_used_and_what_has_chosen_it(admin, admin_of, team, live, old, chosen):
    make_run(team, live, model=OLD, person=admin_of.user, cost="0.50", cost_kind="known")
    page = admin.get(page_of(old)).text
    assert "About pots" in page and "$0.50" in page and str(admin_of.user) in page and "1 default, 2 chats" in page


def test_it_tells_of_no_use_by_another_team(admin, other_team, team, live, old):
    Conversation.objects.create(team=other_team, title="Theirs", settings={"model": str(old.pk)})
    page = admin.get(reverse("catalog:replace", args=[old.pk])).text
    assert "Theirs" not in page and "Nothing has chosen it." in page


def test_it_asks_both_and_shows_the_answers_side_by_side(admin, old, new, work_off):
    address = reverse("catalog:ask", args=[old.pk])
    form = {"question": "What is clay?", "with": str(new.pk), "key": key()}
    first, second = admin.post(address, form), admin.post(address, form)
    assert first.url == second.url and Run.objects.count() == 2
    work_off()
    page = admin.get(first.url).text
    assert page.index("w0003") < page.index("w0004") and page.count("<article") == 2
    assert {run.model for run in Run.objects.all()} == {OLD, NEW}
    run = Run.objects.first()
    assert reverse("catalog:replace", args=[old.pk]) in admin.get(reverse("runs:receipt", args=[run.pk])).text


def test_it_tells_the_cost_before_the_click(admin, team, old, new):
    page = reverse("catalog:replace", args=[old.pk])
    assert "Two calls on own servers." in admin.get(page).text
    ModelFact.objects.create(team=team, model_pattern="steady-*", prices={"input": "1", "output": "10"})
    assert "together at most $0.02" in admin.get(page).text


@pytest.mark.parametrize("form", [{}, {"question": "  "}, {"question": "x" * 4001}, {"question": "Why?", "with": "nonsense"}])
def test_it_refuses_in_words_and_keeps_what_was_typed(admin, old, new, form):
    page = admin.post(reverse("catalog:ask", args=[old.pk]), {"with": str(new.pk), "key": key(), **form})
    assert page.status_code == 422 and not Run.objects.exists()
    assert form.get("question", "").strip() in page.text


def test_it_asks_a_changed_question_under_no_used_key(admin, old, new):
    same = key()
    form = {"question": "What is clay?", "with": str(new.pk), "key": same}
    admin.post(reverse("catalog:ask", args=[old.pk]), form)
    assert admin.post(reverse("catalog:ask", args=[old.pk]), {**form, "question": "Why?"}).status_code == 422
    assert Run.objects.count() == 2


def test_it_changes_what_had_chosen_the_old_one_after_naming_it(admin, team, live, old, new, chosen):
    use = reverse("catalog:use", args=[old.pk])
    page = admin.get(use, {"with": str(new.pk)}).text
    assert "Change 1 default, 2 chats" in page and "About pots" in page
    assert DefaultModel.objects.get().model == old
    assert admin.post(use, {"with": str(new.pk)}).status_code == 302
    assert DefaultModel.objects.get().model == new
    settings = [row.settings for row in Conversation.objects.filter(deleted_at=None)]
    assert settings == [{"model": str(new.pk), "parameters": {"n": 1}}] * 2
    assert Conversation.objects.get(title="Gone").settings["model"] == str(old.pk)
    entry = AuditEntry.objects.get(act="model.replaced")
    assert (entry.target, entry.details["replaced_by"], entry.details["changed"]) == (OLD, NEW, ["1 default", "2 chats"])
    admin.post(use, {"with": str(new.pk)})
    assert AuditEntry.objects.filter(act="model.replaced").count() == 1


def test_it_takes_the_place_in_the_check_before_sending_too(admin, team, live):
    ModelFact.objects.create(team=team, model_pattern="guard-*", endpoints=["moderation"])
    old, new = live.models.create(name="guard-1"), live.models.create(name="guard-2")
    Rules.objects.create(team=team, model=old)
    assert "the check before sending" in admin.get(reverse("catalog:replace", args=[old.pk])).text
    admin.post(reverse("catalog:use", args=[old.pk]), {"with": str(new.pk)})
    assert Rules.objects.get().model == new


def test_it_takes_no_model_for_other_work(admin, team, live, old, chosen):
    ModelFact.objects.create(team=team, model_pattern="painter", endpoints=["images.generate"])
    painter = live.models.create(name="painter")
    admin.post(reverse("catalog:use", args=[old.pk]), {"with": str(painter.pk)})
    assert DefaultModel.objects.get().model == old
    assert "No other model that is open to you" in admin.get(reverse("catalog:replace", args=[old.pk])).text


def test_it_compares_nothing_with_a_model_that_is_gone(admin, team, old, new):
    mark(team, old, shutdown_date=day(-2))
    page = admin.get(reverse("catalog:replace", args=[old.pk])).text
    assert "answers no more" in page and "Ask both</button>" not in page
    assert admin.post(reverse("catalog:ask", args=[old.pk]), {"question": "Why?", "with": str(new.pk), "key": key()}).status_code == 422


def test_it_lets_editors_ask_and_admins_change(as_role, old, new, chosen):
    editor, _member = as_role(Role.EDITOR)
    assert editor.post(reverse("catalog:use", args=[old.pk]), {"with": str(new.pk)}).status_code == 403
    page = editor.get(reverse("catalog:replace", args=[old.pk])).text
    assert "Ask both" in page and "An admin can put it in its place." in page
    viewer, _member = as_role(Role.VIEWER)
    assert viewer.post(reverse("catalog:ask", args=[old.pk]), {"question": "Why?", "with": str(new.pk), "key": key()}).status_code == 403
    assert "Editors can ask both" in viewer.get(reverse("catalog:replace", args=[old.pk])).text


@pytest.mark.parametrize("asked", ["x", "\x00", "0" * 500, "-old"])
def test_it_shows_no_answers_of_a_form_that_never_was(admin, old, new, asked):
    page = admin.get(reverse("catalog:replace", args=[old.pk]), {"asked": asked})
    assert page.status_code == 200 and "Their answers" not in page.text
