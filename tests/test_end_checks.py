"""The checks of a call end with it, leave room for it, and leave nothing behind; and nobody gets around them."""

import pathlib
import uuid

import pytest
from django.conf import settings
from django.urls import reverse

from apps.chat.models import Turn
from apps.runs import followups
from apps.runs.erasure import erase, release, remove_files
from apps.runs.models import Run
from apps.runs.services import stop_run
from tests.test_check_before_sending import RUDE, carry_out, chat, draw, mark, models, paths, rules, stored, words_of

__all__ = ["carry_out", "chat", "draw", "mark", "models", "paths", "rules"]  # fixtures


def test_stopping_a_call_stops_its_check(rules, chat, paths):
    rules(chat="stop")
    chat("Good morning")
    stop_run(Run.objects.get(operation="chat.reply"))
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"} and not Run.objects.due() and paths() == []


def test_a_check_is_not_stopped_by_itself(rules, chat, carry_out, paths, as_editor):
    rules(chat="stop", otherwise="send")
    chat()
    check = Run.objects.get(operation="moderation.check")
    receipt = as_editor.get(reverse("runs:receipt", args=[check.pk]))
    address = reverse("runs:stop", args=[check.pk])
    assert "It ends with the call that waits for it." in words_of(receipt) and address not in receipt.content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        answer = as_editor.post(address, headers=headers)
        assert answer.status_code == 409 and "It ends with the call that waits for it." in words_of(answer)
    assert carry_out().gate == "stopped" and paths() == ["/moderations"]


def test_a_check_that_somebody_ended_is_no_way_around_it(rules, chat, carry_out, paths):
    rules(chat="stop", otherwise="send")
    chat()
    stop_run(Run.objects.get(operation="moderation.check"))
    assert carry_out().gate == "stopped" and paths() == []


def test_calls_that_wait_for_their_check_leave_room_for_it(rules, draw, carry_out, team, settings):
    settings.RUN_MAX_ACTIVE = 2
    rules(pictures="stop")
    for _call in range(2):
        draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "green").pk]))
    carry_out()
    assert list(Run.objects.filter(gate__gt="").values_list("status", "gate")) == [("completed", "passed")] * 2


def test_a_check_takes_no_place_of_another_call(rules, chat, as_editor, settings, models, mark):
    settings.RUN_MAX_ACTIVE = 2
    rules(chat="stop")
    chat("Good morning")
    chat("Good evening")
    assert Run.objects.filter(operation="chat.reply").count() == 2


def test_a_stopped_message_is_not_sent_with_the_next_one(rules, chat, carry_out, loopback, mark, as_editor):
    rules(chat="stop")
    first = chat("Good morning")
    carry_out()
    for text in (RUDE, "And now"):
        as_editor.post(first.url, {"message": f"{text} {mark}", "key": uuid.uuid4().hex})
        run = carry_out()
    assert (run.status, run.gate) == ("completed", "passed")
    asked = [request.body["messages"] for request in loopback.requests(mark, body=True) if request.path == "/v1/chat/completions"]
    assert [message["role"] for message in asked[-1]] == ["user", "assistant", "user"] and RUDE not in str(asked)
    page = words_of(as_editor.get(first.url))
    assert RUDE in page and "Stopped before sending: flagged for harassment." in page


def test_a_stopped_message_is_asked_again_when_the_rule_has_changed(rules, chat, carry_out, as_editor, loopback, mark):
    rules(chat="stop")
    first = chat()
    answer = Turn.objects.get(run=carry_out())
    rules(chat="off")
    as_editor.post(reverse("chat:again", args=[answer.run_id]), {"key": uuid.uuid4().hex})
    assert carry_out().status == "completed"
    as_editor.post(first.url, {"message": f"And now {mark}", "key": uuid.uuid4().hex})
    carry_out()
    asked = [request.body["messages"] for request in loopback.requests(mark, body=True) if request.path == "/v1/chat/completions"]
    assert [RUDE in str(messages) for messages in asked] == [True, True]


@pytest.mark.parametrize("with_the_picture", [False, True])
def test_pictures_that_were_copied_for_a_check_go_with_it(rules, draw, carry_out, team, with_the_picture):
    rules(pictures="stop")
    draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "red").pk]))
    call = carry_out()
    check = Run.objects.get(operation="moderation.check")
    assert kept_of(check)
    if with_the_picture:
        release(remove_files([call.pk]))
    else:
        assert erase(Run.objects.filter(pk=check.pk), 10) == 1
    check.refresh_from_db()
    assert not kept_of(check) and not check.files.exists() and check.erased_at and check.params == {} and check.response is None


def test_words_wait_for_the_end_of_a_check(rules, draw, carry_out, team):
    """The call was stopped and what it belonged to deleted while its check was at the provider."""
    rules(pictures="stop")
    draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "green").pk]))
    call = Run.objects.get(gate="waiting")
    followups.work_now("gate", call.pk)
    check = Run.objects.get(operation="moderation.check")
    claimed = Run.objects.claim(check.pk, "somewhere")
    Run.objects.stop(call.pk)
    assert remove_files([call.pk]) == []
    check.refresh_from_db()
    assert check.stop_requested_at
    Run.objects.finish(check.pk, claimed.fence, "cancelled")
    assert remove_files([call.pk]) == [call.pk] and not kept_of(check)


def kept_of(run):
    """What the storage holds for it."""
    folder = pathlib.Path(settings.MEDIA_ROOT) / "runs" / str(run.team_id) / str(run.pk)
    return list(folder.glob("*"))
