"""The whole pipeline but the queue: the real executor, loop and gateway against the loopback provider."""

import pytest

from apps.providers.facts import facts_for
from apps.providers.models import ModelFact
from apps.runs.explanations import explain
from apps.runs.models import CostKind, Run, Status
from tests.loopback import story

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_completes_and_keeps_text_usage_and_timings(carry_out):
    run = carry_out("steady")
    assert (run.status, run.text) == (Status.COMPLETED, story("steady"))
    assert run.usage["output"] == 40
    assert run.cost_kind == CostKind.FREE
    assert 0 <= run.first_ms <= run.total_ms
    assert run.sent_at and run.first_byte_at and run.finished_at
    assert [attempt.outcome for attempt in run.attempts.all()] == ["completed"]
    assert len(run.requests) == 1


@pytest.mark.parametrize(
    ("model", "status", "error_kind", "calls"),
    [
        ("429-then-ok-wait0", Status.COMPLETED, "", 2),
        ("503-then-ok-wait0", Status.COMPLETED, "", 2),
        ("429-storm-wait0", Status.FAILED, "rate_limited", 3),
        ("quota", Status.FAILED, "quota", 1),
        ("401", Status.FAILED, "auth", 1),
        ("500", Status.FAILED, "server", 1),
        ("html-502", Status.FAILED, "server", 1),
        ("html-200", Status.FAILED, "not_api", 1),
        ("redirect", Status.FAILED, "not_api", 1),
        ("reset-before", Status.UNKNOWN, "cut", 1),
        ("close-before", Status.UNKNOWN, "cut", 1),
        ("reset-middle", Status.INTERRUPTED, "cut", 1),
        ("half-chunk", Status.INTERRUPTED, "cut", 1),
        ("no-finish", Status.INTERRUPTED, "incomplete", 1),
        ("error-in-stream", Status.INTERRUPTED, "stream_error", 1),
        ("no-done", Status.COMPLETED, "", 1),
        ("crlf", Status.COMPLETED, "", 1),
        ("no-space", Status.COMPLETED, "", 1),
        ("comments", Status.COMPLETED, "", 1),
        ("whole", Status.COMPLETED, "", 1),
        ("broken-utf8", Status.COMPLETED, "", 1),
        ("big-delta", Status.COMPLETED, "", 1),
        ("tiny-deltas", Status.COMPLETED, "", 1),
        ("empty", Status.COMPLETED, "", 1),
    ],
)
def test_it_ends_as_promised_and_calls_no_more_often(carry_out, model, status, error_kind, calls):
    run = carry_out(model)
    assert (run.status, run.error_kind if status != Status.COMPLETED else "") == (status, error_kind)
    assert len(run.requests) == calls
    assert run.attempts.count() == calls
    if status == Status.INTERRUPTED:
        assert run.text
        assert story(model).startswith(run.text)
    if status != Status.COMPLETED:
        assert explain(run).title


@pytest.mark.parametrize("model", ["stall", "drip"])
def test_it_ends_what_falls_silent(carry_out, model, settings):
    settings.RUN_FIRST_BYTE_TIMEOUT = settings.RUN_SILENCE_TIMEOUT = 1.0
    settings.RUN_TOTAL_TIMEOUT = 3.0
    run = carry_out(model)
    assert run.status in {Status.INTERRUPTED, Status.UNKNOWN}
    assert run.error_kind in {"timeout_silence", "timeout_total"}


def test_it_bounds_an_endless_answer(carry_out, settings):
    settings.RUN_MAX_ANSWER_BYTES = 200_000
    run = carry_out("endless")
    assert (run.status, run.error_kind) == (Status.INTERRUPTED, "answer_too_big")
    assert len(run.text) < 200_000


def test_it_keeps_the_request_once_and_shows_it_whole(carry_out):
    run = carry_out("steady", temperature=0.5)
    assert run.request["json"]["messages"] == "$params"
    from apps.runs.snippets import sent

    assert sent(run)["json"]["messages"] == run.params["messages"]
    assert sent(run)["json"]["temperature"] == 0.5


def test_it_keeps_no_key_that_a_provider_repeats(carry_out, provider):
    from apps.providers import services as providers

    providers.update_provider(
        provider, name=provider.name, base_url=provider.base_url, dialect="other", key="sk-very-secret-1234567890", allow_private=True
    )
    run = carry_out("leaks-key")
    assert run.requests[0].key == "sk-very-secret-1234567890"
    assert "very-secret" not in str(Run.objects.filter(pk=run.pk).values().get())


def test_it_says_so_when_the_provider_is_gone(carry_out, provider):
    from django.utils import timezone

    provider.deleted_at = timezone.now()
    provider.save()
    run = carry_out("steady")
    assert (run.status, run.error_kind, run.cost_kind) == (Status.FAILED, "provider_deleted", CostKind.NONE)
    assert run.requests == []


def test_it_does_nothing_for_a_run_that_is_not_queued(carry_out, loopback):
    from apps.runs.executor import execute

    run = carry_out("steady")
    execute([run.pk, run.pk])
    assert len([each for each in loopback.requests() if each.token == run.requests[0].token]) == 1


def test_it_leaves_out_a_setting_that_the_model_refuses_and_says_so(team, carry_out, provider):
    model = provider.models.create(name="refuses-temperature")
    run = carry_out("refuses-temperature", temperature=0.3)
    assert run.status == Status.COMPLETED
    assert [attempt.outcome for attempt in run.attempts.all()] == ["parameter", "completed"]
    assert len(run.requests) == 2
    assert "temperature" not in run.request["json"]
    assert run.notices == ["refuses-temperature does not take “Creativity”. We left it out and sent again."]
    assert not facts_for(team, model).takes("temperature")


def test_it_forgets_only_the_value_that_a_model_refuses(team, other_team, carry_out, provider):
    model = provider.models.create(name="refuses-xhigh")
    ModelFact.objects.create(model_pattern="refuses-*", parameters={"reasoning_effort": {"values": ["low", "high", "xhigh"]}})
    run = carry_out("refuses-xhigh", reasoning_effort="xhigh")
    assert run.status == Status.COMPLETED
    assert "reasoning_effort" not in run.request["json"]
    assert run.notices == ["refuses-xhigh does not take “Thinking effort: Higher”. We left it out and sent again."]
    assert facts_for(team, model).takes("reasoning_effort")
    assert facts_for(team, model).values_of("reasoning_effort") == ["low", "high"]
    assert facts_for(other_team, model).values_of("reasoning_effort") == ["low", "high", "xhigh"]


def test_it_does_not_repeat_a_refusal_of_what_was_not_asked(carry_out):
    run = carry_out("too-long")
    assert (run.status, len(run.requests)) == (Status.FAILED, 1)
