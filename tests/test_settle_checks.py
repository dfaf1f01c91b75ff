"""Who settles the check before sending, and the limits of the team that it goes by."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.moderation.models import Rules
from tests.loopback.safety_models import OMNI
from tests.test_check_before_sending import models, rules, words_of

__all__ = ["models", "rules"]  # fixtures


def test_an_admin_settles_it_and_the_audit_knows(client, team, make_member, models):
    admin = make_member(team, Role.ADMIN)
    client.force_login(admin.user)
    url = reverse("before_sending:rules")
    assert "Now it would be" in words_of(client.get(url))
    form = {"chat": "stop", "pictures": "warn", "otherwise": "send", "model": str(models[OMNI].pk)}
    for _click in range(2):
        assert client.post(url, form).status_code == 302
    row = Rules.objects.get(team=team)
    assert (row.chat, row.pictures, row.otherwise, row.model_id) == ("stop", "warn", "send", models[OMNI].pk)
    entry = AuditEntry.objects.get(act="safety.settings")
    assert "chat: stop" in entry.details["after"] and "chat: off" in entry.details["before"]
    assert client.post(url, {**form, "chat": "perhaps"}).status_code == 422


def test_limits_are_for_admins_while_something_is_checked(as_editor, rules, team, client, make_member):
    url, form = reverse("moderation:limits"), {"limit-harassment": "1", "was-limit-harassment": ""}
    rules()
    assert as_editor.post(url, form).status_code == 303
    assert Rules.objects.get(team=team).limits == {"harassment": 1.0}
    assert AuditEntry.objects.get(act="safety.limits").details["after"] == "harassment: 1.0"
    assert "only an admin changes them" not in words_of(as_editor.get(reverse("moderation:new")))
    rules(chat="stop")
    assert as_editor.post(url, {**form, "limit-harassment": "0.9"}).status_code == 403
    assert "only an admin changes them" in words_of(as_editor.get(reverse("moderation:new")))
    client.force_login(make_member(team, Role.ADMIN).user)
    assert client.post(url, {**form, "limit-harassment": "0.9"}).status_code == 303


def test_a_limit_that_was_not_touched_stays_as_a_colleague_set_it(as_editor, team):
    Rules.objects.create(team=team, limits={"hate": 0.5})
    as_editor.post(
        reverse("moderation:limits"), {"limit-violence": "0.4", "was-limit-violence": "", "limit-hate": "", "was-limit-hate": ""}
    )
    assert Rules.objects.get(team=team).limits == {"hate": 0.5, "violence": 0.4}


@pytest.mark.parametrize("value", ["0", "0.0004", "2", "x"])
def test_a_limit_of_nothing_is_refused(as_editor, team, value):
    response = as_editor.post(reverse("moderation:limits"), {"limit-violence": value, "was-limit-violence": ""})
    assert response.status_code == 422 and Rules.objects.get(team=team).limits == {}


def test_limits_stay_few(as_editor, team):
    for start in range(0, 200, 50):
        as_editor.post(reverse("moderation:limits"), {f"limit-own{number}": "0.5" for number in range(start, start + 50)})
    assert len(Rules.objects.get(team=team).limits) == 60


def test_an_editor_may_not(as_editor, team):
    assert as_editor.get(reverse("before_sending:rules")).status_code == 403
    assert as_editor.post(reverse("before_sending:rules"), {"chat": "stop"}).status_code == 403
