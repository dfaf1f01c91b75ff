"""Check before sending: what is flagged does not reach the provider, in chats and for pictures; and what happens when the check fails."""

import io
import re
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from apps.accounts.models import AuditEntry
from apps.chat.models import Conversation, Turn
from apps.moderation.models import Rules
from apps.moderation.reading import Said
from apps.providers.models import Model, ModelFact
from apps.runs import followups
from apps.runs.erasure import erase, release, remove_files
from apps.runs.executor import execute
from apps.runs.models import Run, RunFile
from apps.runs.services import stop_run
from tests.belongings import make_picture
from tests.loopback.picture_models import LEGACY, PLAIN
from tests.loopback.safety_models import FAILING_ALWAYS, KEYLESS, OMNI, OWN, TEXT_ONLY, UNNAMED

RUDE = "You are an idiot"
MODELS = ("steady", PLAIN, LEGACY, OMNI, TEXT_ONLY, FAILING_ALWAYS, KEYLESS, OWN, UNNAMED)


@pytest.fixture
def models(transactional_db, provider):
    provider.endpoints = {
        name: {"state": "works"} for name in ("chat", "moderation", "images.generate", "images.edit", "images.variations")
    }
    provider.save()
    return {name: Model.objects.create(provider=provider, name=name) for name in MODELS}


@pytest.fixture
def rules(team, models):
    def settle(model=OMNI, **chosen):
        chosen = {"chat": "off", "pictures": "off", "otherwise": "stop", "model": models[model] if model else None, **chosen}
        Rules.objects.update_or_create(team=team, defaults=chosen)

    return settle


@pytest.fixture
def mark():
    return f"#t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def chat(as_editor, models, mark):
    def say(text=RUDE, key=None):
        return as_editor.post("/chat/", {"message": f"{text} {mark}", "key": key or uuid.uuid4().hex, "model": str(models["steady"].pk)})

    return say


@pytest.fixture
def draw(as_editor, models, mark):
    def post(words=RUDE, url="/images/new/", model=PLAIN, **more):
        form = {"prompt": f"{words} {mark}", "key": uuid.uuid4().hex, "model": str(models[model].pk), "shown.model": "", **more}
        response = as_editor.post(url, form)
        assert response.status_code == 303, response.content.decode()[-2000:]
        return response

    return post


@pytest.fixture
def carry_out():
    """What workers do until nothing is left to do. The newest call that was asked for."""

    def run_to_end():
        for _round in range(20):
            for pk in Run.objects.filter(gate="waiting", status="queued").values_list("pk", flat=True):
                followups.work_now("gate", pk)
            due = Run.objects.due()
            if not due:
                break
            execute(due)
        return Run.objects.exclude(operation="moderation.check").latest("pk")

    return run_to_end


@pytest.fixture
def paths(loopback, mark):
    """Which endpoints the provider was asked at, with words of this test."""
    return lambda: [request.path.removeprefix("/v1") for request in loopback.requests(mark)]


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Chat ---------------------------------------------------------------------------------------
def test_a_flagged_message_is_not_sent(rules, chat, carry_out, paths, as_editor, team):
    rules(chat="stop")
    response = chat()
    run = carry_out()
    assert paths() == ["/moderations"]
    assert (run.status, run.gate, run.error_kind, run.cost_kind) == ("failed", "stopped", "gate", "none")
    assert run.cost == 0 and not run.attempts.exists() and run.sent_at is None and run.gate_told["flagged"] == ["harassment"]
    told = words_of(as_editor.get(response.url))
    assert "Stopped before sending: flagged for harassment. Nothing was sent and nothing was charged." in told
    receipt = words_of(as_editor.get(reverse("runs:receipt", args=[run.pk])))
    assert "Check before sending Stopped before sending, the check" in receipt and "no charge" in receipt
    entry = AuditEntry.objects.get(act="safety.stopped")
    assert entry.details == {"run": str(run.pk), "flagged": ["harassment"]} and RUDE not in str(entry.details) + entry.target


def test_a_harmless_message_is_sent_after_its_check(rules, chat, carry_out, paths, as_editor):
    rules(chat="stop")
    response = chat("Good morning")
    assert Run.objects.get(operation="chat.reply").gate == "waiting"
    assert "Being checked before it is sent" in words_of(as_editor.get(response.url))
    run = carry_out()
    assert paths() == ["/moderations", "/chat/completions"]
    assert (run.status, run.gate, run.notices) == ("completed", "passed", []) and not AuditEntry.objects.filter(
        act="safety.stopped"
    ).exists()


def test_a_plain_text_is_checked_as_a_chat_is(rules, as_editor, models, mark, carry_out, paths):
    rules(chat="stop")
    form = {"text": f"{RUDE} {mark}", "key": uuid.uuid4().hex, "model": str(models["steady"].pk), "shown.model": ""}
    page = as_editor.post(reverse("completions:new"), form).url
    run = carry_out()
    assert paths() == ["/moderations"] and (run.status, run.error_kind) == ("failed", "gate")
    assert "Stopped before sending: flagged for harassment." in words_of(as_editor.get(page))


def test_a_warning_is_said_and_the_message_is_sent(rules, chat, carry_out, paths, as_editor):
    rules(chat="warn")
    response = chat()
    run = carry_out()
    assert paths() == ["/moderations", "/chat/completions"] and (run.status, run.gate) == ("completed", "warned")
    assert "Flagged before sending: harassment. Your team only warns, so it was sent." in words_of(as_editor.get(response.url))


def test_nothing_is_checked_where_nobody_wants_it(rules, chat, carry_out, paths):
    rules(pictures="stop")
    chat()
    assert carry_out().gate == "" and paths() == ["/chat/completions"]


def test_the_limits_of_the_team_hold_here_too(rules, chat, carry_out, paths):
    rules(chat="stop", limits={"harassment": 0.95})
    chat()
    assert carry_out().status == "completed" and paths() == ["/moderations", "/chat/completions"]


def test_a_message_that_was_stopped_does_not_go_with_the_next_one(rules, chat, carry_out, loopback, mark, as_editor):
    rules(chat="stop")
    stopped = chat()
    carry_out()
    as_editor.post(stopped.url, {"message": f"hello, nice day {mark}", "key": uuid.uuid4().hex})
    assert carry_out().status == "completed"
    sent = [request.body["messages"] for request in loopback.requests(mark, body=True) if request.path == "/v1/chat/completions"]
    assert sent == [[{"role": "user", "content": f"hello, nice day {mark}"}]]
    assert RUDE in words_of(as_editor.get(stopped.url))


def test_it_is_looked_at_again_after_a_warning(rules, chat, carry_out, as_editor, team):
    """It was sent then; since now it is stopped, it is not sent once more."""
    rules(chat="warn")
    chat()
    warned = carry_out()
    rules(chat="stop")
    as_editor.post(reverse("chat:again", args=[warned.pk]), {"key": uuid.uuid4().hex})
    assert (warned.gate, carry_out().gate) == ("warned", "stopped")


def test_instructions_and_what_was_said_before_are_looked_at_once(rules, chat, carry_out, loopback, mark, as_editor):
    first = chat("Good morning")
    carry_out()
    rules(chat="stop")
    conversation = Turn.objects.get(run__isnull=False).conversation
    Conversation.objects.filter(pk=conversation.pk).update(instructions=f"Be short {mark}")
    for words in ("And now", "And then"):
        as_editor.post(first.url, {"message": f"{words} {mark}", "key": uuid.uuid4().hex})
        assert carry_out().status == "completed"
    asked = [request.body["input"] for request in loopback.requests(mark, body=True) if request.path == "/v1/moderations"]
    assert asked == [[f"Be short {mark}", f"Good morning {mark}", f"And now {mark}"], f"And then {mark}"]
    Conversation.objects.filter(pk=conversation.pk).update(instructions=f"{RUDE} {mark}")
    as_editor.post(first.url, {"message": f"go on {mark}", "key": uuid.uuid4().hex})
    assert carry_out().gate == "stopped"


def test_a_text_that_is_longer_than_the_model_takes_is_looked_at_in_parts(rules, chat, carry_out, loopback, mark, team):
    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=OMNI, limits={"characters": 100})
    rules(chat="stop")
    chat(f"{'hello there ' * 20}{RUDE} {mark}")
    assert carry_out().gate == "stopped"
    [asked] = [request.body["input"] for request in loopback.requests(mark, body=True)]
    assert all(len(part) <= 100 for part in asked) and "".join(asked).count("hello there ") == 20


def test_what_the_model_cannot_judge_is_no_harmless_text(rules, chat, carry_out, monkeypatch):
    """Some models read only some languages, and say that nothing was looked for."""
    rules(chat="stop")
    monkeypatch.setattr(Said, "is_assessed", property(lambda said: False))
    chat("Good morning")
    run = carry_out()
    assert run.gate == "stopped" and "cannot judge all of it" in run.error["sentence"]


def test_a_verdict_that_was_erased_meanwhile_is_no_harmless_one(rules, chat, carry_out, paths, monkeypatch):
    rules(chat="stop")
    chat()
    monkeypatch.setattr(followups, "begin", lambda kind, pk: None)
    execute(Run.objects.due())
    Run.objects.filter(operation="moderation.check").update(response=None)
    assert carry_out().gate == "stopped" and paths() == ["/moderations"]


def test_nobody_sends_it_by_stopping_its_check(rules, chat, carry_out, paths, as_editor):
    rules(chat="stop", otherwise="send")
    chat()
    check = Run.objects.get(operation="moderation.check")
    as_editor.post(reverse("runs:stop", args=[check.pk]))
    run = carry_out()
    assert run.gate == "stopped" and paths() == ["/moderations"]


def test_a_check_that_was_cut_off_lets_nothing_through(rules, chat, carry_out, paths):
    rules(chat="stop", otherwise="send")
    chat()
    Run.objects.stop(Run.objects.get(operation="moderation.check").pk)
    assert carry_out().gate == "stopped" and paths() == []


def test_a_person_whose_places_are_taken_gets_the_check(rules, draw, carry_out, settings, team):
    settings.RUN_MAX_ACTIVE = 2
    rules(pictures="stop")
    for _picture in range(2):
        draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "green").pk]))
    assert carry_out().status == "completed" and not Run.objects.filter(gate="waiting").exists()


def test_only_the_new_message_is_looked_at(rules, chat, carry_out, loopback, mark, as_editor):
    rules(chat="stop")
    first = chat("Good morning")
    carry_out()
    as_editor.post(first.url, {"message": f"And now {mark}", "key": uuid.uuid4().hex})
    carry_out()
    asked = [request.body["input"] for request in loopback.requests(mark, body=True) if request.path == "/v1/moderations"]
    assert asked == [f"Good morning {mark}", f"And now {mark}"]


@pytest.mark.parametrize("model", [FAILING_ALWAYS, KEYLESS])
def test_a_check_that_fails_stops_where_that_was_chosen(rules, chat, carry_out, paths, model, as_editor):
    rules(chat="warn", otherwise="stop", model=model)
    response = chat("Good morning")
    run = carry_out()
    assert set(paths()) == {"/moderations"} and (run.status, run.gate, run.cost_kind) == ("failed", "stopped", "none")
    assert "Not sent, because the check before sending did not work:" in words_of(as_editor.get(response.url))
    assert AuditEntry.objects.filter(act="safety.stopped").exists()


@pytest.mark.parametrize("model", [FAILING_ALWAYS, KEYLESS])
def test_a_check_that_fails_lets_through_where_that_was_chosen(rules, chat, carry_out, paths, model, as_editor):
    rules(chat="stop", otherwise="send", model=model)
    response = chat()
    run = carry_out()
    assert paths()[-1] == "/chat/completions" and (run.status, run.gate) == ("completed", "unchecked")
    assert "The check before sending did not work, so this was sent without it" in words_of(as_editor.get(response.url))


@pytest.mark.parametrize(("otherwise", "status"), [("stop", "failed"), ("send", "completed")])
def test_a_team_without_a_model_for_it_is_as_when_the_check_fails(rules, chat, carry_out, paths, otherwise, status):
    rules(chat="stop", otherwise=otherwise)
    Model.objects.filter(name__contains="moderation").delete()
    chat("Good morning")
    run = carry_out()
    assert run.status == status and "/moderations" not in paths() and ("/chat/completions" in paths()) == (status == "completed")


@pytest.mark.parametrize("limits", [{}, {"violence": 0.9}])
def test_a_server_that_names_no_category_stops_too(rules, chat, carry_out, paths, limits):
    rules(chat="stop", model=UNNAMED, limits=limits)
    chat()
    assert carry_out().status == "failed" and paths() == ["/moderations"]


def test_a_double_click_checks_once(rules, chat, carry_out, paths):
    rules(chat="stop")
    key = str(uuid.uuid4())
    for _click in range(2):
        chat("Good morning", key=key)
    carry_out()
    assert paths() == ["/moderations", "/chat/completions"]


def test_a_call_that_waits_is_taken_by_nobody(rules, chat, paths):
    rules(chat="stop")
    chat()
    run = Run.objects.get(operation="chat.reply")
    execute([run.pk])
    assert Run.objects.get(pk=run.pk).status == "queued" and paths() == [] and run.pk not in Run.objects.due()


def test_a_call_that_was_stopped_meanwhile_stays_so(rules, chat, carry_out, paths):
    rules(chat="stop")
    chat("Good morning")
    stop_run(Run.objects.get(operation="chat.reply"))
    run = carry_out()
    assert run.status == "cancelled" and paths() == [] and Run.objects.get(operation="moderation.check").status == "cancelled"


def test_a_word_that_was_lost_is_found_by_the_sweeper(rules, chat, paths, monkeypatch):
    """The check has ended, and whoever should have decided was killed."""
    rules(chat="stop")
    chat()
    monkeypatch.setattr(followups, "begin", lambda kind, pk: None)
    execute(Run.objects.due())
    run = Run.objects.get(operation="chat.reply")
    assert run.gate == "waiting"
    monkeypatch.setattr(followups, "begin", followups.work_now)
    followups.begin_due()
    run.refresh_from_db()
    assert run.gate == "stopped" and paths() == ["/moderations"]


def test_words_of_a_deleted_chat_go_from_its_check_too(rules, chat, carry_out, team):
    rules(chat="stop")
    chat()
    run = carry_out()
    release([run.pk])
    assert RUDE not in str(list(Run.objects.values("params", "request", "summary", "response", "text")))


# --- Pictures -----------------------------------------------------------------------------------
def test_a_flagged_wish_makes_no_picture(rules, draw, carry_out, paths, as_editor):
    rules(pictures="stop")
    response = draw()
    run = carry_out()
    assert paths() == ["/moderations"] and (run.status, run.gate, run.cost_kind) == ("failed", "stopped", "none")
    assert "Stopped before sending: flagged for harassment." in words_of(as_editor.get(response.url.partition("#")[0]))


def test_a_harmless_wish_makes_one(rules, draw, carry_out, paths):
    rules(pictures="stop")
    draw("A small boat")
    assert carry_out().status == "completed" and paths() == ["/moderations", "/images/generations"]


def stored(team, colour):
    page = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(page, "PNG")
    return make_picture(team, width=64, height=64, file=page.getvalue())


@pytest.mark.parametrize(("colour", "status"), [("red", "failed"), ("green", "completed")])
def test_a_picture_that_goes_along_is_looked_at(rules, draw, carry_out, paths, team, colour, status):
    rules(pictures="stop")
    draw("Make it brighter", url=reverse("images:edit", args=[stored(team, colour).pk]))
    run = carry_out()
    assert run.status == status, run.error
    assert paths() == ["/moderations"] + ["/images/edits"] * (status == "completed")


def test_a_picture_without_words_is_looked_at(rules, draw, carry_out, loopback, team):
    rules(pictures="stop")
    before = len(loopback.requests())
    draw("", url=reverse("images:variations", args=[stored(team, "red").pk]), model=LEGACY)
    run = carry_out()
    assert run.status == "failed" and run.gate_told["flagged"] == ["violence"]
    assert [request.path for request in loopback.requests()][before:] == ["/v1/moderations"]


@pytest.mark.parametrize(("otherwise", "told"), [("stop", ("failed", "stopped")), ("send", ("completed", "unchecked"))])
def test_a_picture_that_the_model_cannot_look_at_is_no_harmless_one(rules, draw, carry_out, team, otherwise, told):
    rules(pictures="stop", model=TEXT_ONLY, otherwise=otherwise)
    for words, address, model in (("Make it brighter", "images:edit", PLAIN), ("", "images:variations", LEGACY)):
        draw(words, url=reverse(address, args=[stored(team, "red").pk]), model=model)
        run = carry_out()
        assert (run.status, run.gate) == told and "looks at no pictures" in str([run.error, run.notices])


def test_pictures_of_a_check_go_with_their_call(rules, draw, carry_out, team):
    rules(pictures="stop")
    draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "red").pk]))
    run = carry_out()
    kept = RunFile.objects.get(run__operation="moderation.check")
    remove_files([run.pk])
    release([run.pk])
    assert not kept.file.storage.exists(kept.file.name) and not RunFile.objects.filter(run__operation="moderation.check").exists()


def test_what_is_too_old_goes_with_its_checks(rules, draw, carry_out, team):
    rules(pictures="stop")
    draw("Make it brighter", url=reverse("images:edit", args=[stored(team, "red").pk]))
    carry_out()
    erase(Run.objects.filter(team=team), 100)
    check = Run.objects.get(operation="moderation.check")
    assert check.erased_at and not check.params and not check.response and not check.files.exists()
