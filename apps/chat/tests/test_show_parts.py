"""What an answer has beside its words: thinking and its time, likelihoods, sources, refusals."""

import pytest
from django.urls import reverse

from apps.chat import citations, likelihoods
from apps.chat.models import Conversation
from apps.chat.tests.test_use_functions import page_of, work
from apps.runs.models import Run
from apps.runs.operations import StreamState

pytestmark = pytest.mark.django_db(transaction=True)


def test_thinking_stands_in_a_closed_block_with_its_time(send, as_editor):
    send("Why?")
    run = work("thinking-rate20")
    assert 500 < run.response["thinking_ms"] < 5000
    page = page_of(as_editor)
    assert '<details class="acc thinking">' in page
    assert " words, 1" in page or " words, 0" in page or " words, 2" in page


def test_likelihoods_are_asked_for_where_somebody_wants_them(send, as_editor, conversation, model):
    from apps.providers.models import ModelFact

    url = reverse("chat:settings", args=[conversation.pk])
    assert "likelihoods.shown" not in page_of(as_editor)  # an unknown server: nobody said that it tells them
    ModelFact.objects.create(team=conversation.team, model_pattern="plain-1", parameters={"logprobs": {}})
    assert "likelihoods.shown" in page_of(as_editor)
    as_editor.post(url, {"likelihoods.shown": "yes", "likelihoods": "on"}, headers={"HX-Request": "true"})
    send("Do boats float?", conversation)
    assert Run.objects.latest("id").params["logprobs"] is True
    run = work("likelihoods")
    assert run.text == "Boats float <often>."
    assert run.response["choices"][0]["logprobs"]["content"][1] == {"token": " float", "logprob": -0.7}
    page = page_of(as_editor)
    assert '<span class="lp lp-1" title="99 %">Boats</span>' in page
    assert '<span class="lp lp-2" title="50 %"> float<span class="vh"> (50 %) </span></span>' in page or "(50 %)" in page
    assert '<span class="lp lp-4" title="8 %"> &lt;often&gt;<span class="vh"> (8 %) </span></span>' in page
    assert "90 % and more" in page
    as_editor.post(url, {"likelihoods.shown": "yes"}, headers={"HX-Request": "true"})
    send("And stones?", conversation)
    assert "logprobs" not in Run.objects.latest("id").params


@pytest.mark.parametrize(
    "told", [None, 3, {"content": 7}, {"content": [None, {"token": 3}, {"token": "x", "logprob": "y"}, {"logprob": float("nan")}]}]
)
def test_it_keeps_no_likelihoods_that_are_none(told):
    kept = []
    likelihoods.add(kept, told)
    assert kept == []


def test_it_bounds_likelihoods():
    kept = []
    likelihoods.add(kept, {"content": [{"token": "x" * 900, "logprob": 5.0}] * 10_000})
    assert len(kept) == likelihoods.MOST
    assert (likelihoods.pieces_of(kept)[0].percent, len(kept[0]["token"])) == (100, 200)
    assert len(likelihoods.pieces_of(kept)) == 1  # words that are sure are one piece


def test_sources_are_numbered_links_and_nothing_else(send, as_editor):
    send("Do boats float?")
    run = work("citations")
    assert len(run.response["choices"][0]["message"]["annotations"]) == 1
    page = page_of(as_editor)
    link = 'href="https://example.org/guide" target="_blank" rel="noopener noreferrer nofollow" dir="auto">The guide</a></li>'
    assert f'<li><a class="link" {link}' in page
    assert "javascript:alert" not in page


def test_it_bounds_sources():
    kept = []
    citations.add_annotations(
        kept, [{"url": f"https://example.org/{number}", "title": "x" * 999} for number in range(200)] + [{"url": "https://[bad"}, 7]
    )
    assert len(kept) == 50 and len(citations.sources_of(kept)[0]["title"]) == 200


def test_a_refusal_is_shown_as_one(send, as_editor):
    send("Something bad")
    run = work("declines")
    assert (run.text, run.finish_reason) == ("I cannot help with that.", "refusal")
    page = page_of(as_editor)
    assert "I cannot help with that." in page and "The model declined" in page


def test_thinking_has_no_time_before_it_began():
    from apps.chat.deltas import note_thinking

    state = StreamState()
    note_thinking(state)
    assert state.extra == {}


def test_parts_of_erased_answers_are_gone_and_the_page_stands(send, as_editor):
    send("Do boats float?")
    run = work("citations")
    Run.objects.filter(pk=run.pk).update(response=None)
    assert "Boats float." in page_of(as_editor)
    assert Conversation.objects.count() == 1
