"""Rows become vectors: as few calls as the service allows, and none twice; with the loopback provider as the only stand-in."""

import pytest

from apps.providers.choices import choices_of
from apps.providers.chosen import Chosen
from apps.providers.models import Model, ModelFact
from apps.runs.leases import held
from apps.runs.models import Run, RunFile
from apps.similarity import services
from apps.similarity.asking import SideFollowUp
from apps.similarity.comparing import Comparing
from apps.similarity.models import Side, Vector
from apps.similarity.tests.conftest import TEXTS
from tests.loopback.embedding_models import (
    BUSY,
    FAILING,
    FLOATS,
    KEYLESS,
    NOT_FINITE,
    NOTHING,
    PAGE,
    PICKY,
    REFUSING,
    SHORT,
    SHUFFLED,
    SILENT_PICKY,
    SINGLE,
    SIZED,
    TEXT,
    UNEVEN,
    UNNUMBERED,
    WORDS,
    ZEROS,
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


def asked(loopback):
    """What of each call the ledger has kept: how many texts there were, in what form."""
    return [request.body for request in loopback.requests(body=True) if request.path.endswith("/embeddings")]


@pytest.mark.parametrize("model", [WORDS, FLOATS, SHUFFLED])
def test_it_gets_the_same_vectors_in_every_form(compare, carry_out, loopback, model):
    [side] = carry_out(compare(model=model))
    assert (side.state, side.sentence) == ("ready", "")
    assert asked(loopback) == [{"texts": 5, "dimensions": None, "format": "base64"}]
    told = side.findings.get(kind="nearest").told
    assert set(told["pair"][:2]) in ({0, 1}, {2, 3})
    assert told["pair"][2] > 0.35
    run = Run.objects.get()
    assert "embedding" not in str(run.response)
    assert run.usage == {"input": 12, "output": 0}
    assert not RunFile.objects.exists()


def test_it_asks_for_each_text_once(compare, carry_out, loopback, editor, make_member):
    carry_out(compare((*TEXTS, "red apple")))
    carry_out(compare(("red apple", "blue apple"), member=make_member(editor.team)))
    assert [call["texts"] for call in asked(loopback)] == [5, 1]
    assert Vector.objects.count() == 6


def test_it_asks_anew_for_another_size(compare, carry_out, loopback):
    row = compare(model=SIZED)
    carry_out(row)
    [side] = carry_out(compare(model=SIZED, dimensions=8))
    assert len(bytes(Vector.objects.filter(dimensions=8)[0].packed)) == 16
    assert [call["dimensions"] for call in asked(loopback)] == [None, 8]
    assert side.dimensions == 8


def test_it_waits_for_what_another_set_has_asked_for(compare, carry_out, loopback):
    first, second = compare(), compare(("old boat", "young boat"))
    sides = [*carry_out(first), *carry_out(second)]
    assert [side.state for side in sides] == ["ready", "ready"]
    assert sorted(call["texts"] for call in asked(loopback)) == [1, 5]


def test_it_fills_calls_as_far_as_the_model_takes(compare, carry_out, loopback, team):
    ModelFact.objects.create(team=team, model_pattern=WORDS, limits={"inputs": 40, "total": 300_000})
    [side] = carry_out(compare(tuple(f"word{n} apple" for n in range(100))))
    assert side.state == "ready"
    assert sorted(call["texts"] for call in asked(loopback)) == [20, 40, 40]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (SHORT, "for 4 texts, and 5 were sent"),
        (UNNUMBERED, "does not say which"),
        (UNEVEN, "another count of numbers for text 2"),
        (NOT_FINITE, "without a value for text 2"),
        (ZEROS, "only zeros for text 2"),
        (TEXT, "no numbers for text 2"),
        (NOTHING, "no vectors in it"),
        (PAGE, "answers with a web page"),
        (KEYLESS, "key"),
    ],
)
def test_it_refuses_an_answer_that_cannot_be_compared(compare, carry_out, loopback, model, words):
    [side] = carry_out(compare(model=model))
    assert side.state == "failed"
    assert words in side.sentence
    assert side.sentence
    assert not Vector.objects.exists()
    assert len(asked(loopback)) == 1


@pytest.mark.parametrize(("model", "calls"), [(PICKY, 2), (SILENT_PICKY, 6)])
def test_it_names_the_row_that_the_model_refuses(compare, carry_out, loopback, model, calls):
    """The others are compared. `calls`: where the service says which, one more; else halves until it is found."""
    texts = ("red apple", "green apple", "a forbidden boat", "new boat", "tax form")
    [side] = carry_out(compare(texts, model))
    assert side.state == "partial"
    assert side.sentence.startswith("Row 3 could not be read:")
    assert Vector.objects.count() == 4
    assert len(asked(loopback)) <= calls
    assert side.findings.count() == 5


def test_it_stops_looking_where_every_call_is_refused(compare, carry_out, loopback):
    [side] = carry_out(compare(tuple(f"forbidden {n}" for n in range(64)), SILENT_PICKY))
    assert side.state == "failed"
    assert len(asked(loopback)) <= 20


def test_it_asks_one_by_one_where_a_server_takes_one(compare, carry_out, loopback):
    [side] = carry_out(compare(TEXTS[:3], SINGLE))
    assert side.state == "ready"
    assert [call["texts"] for call in asked(loopback)][-1] == 1


def test_it_leaves_out_a_size_that_is_refused(compare, carry_out, loopback):
    [side] = carry_out(compare(model=REFUSING, dimensions=8))
    assert side.state == "ready"
    assert Run.objects.get().notices == ["embed-words-refuses does not take “Size”. We left it out and sent again."]


def test_it_tries_again_when_a_person_wants_it(compare, carry_out):
    row = compare(model=FAILING)
    [side] = carry_out(row, rounds=3)
    assert side.state == "failed"
    assert services.try_again(side)
    assert not services.try_again(side)
    [side] = carry_out(row)
    assert side.state == "ready"


def test_it_goes_on_by_itself_where_the_service_asked_to_wait(compare, carry_out):
    row = compare(model=BUSY)
    [side] = carry_out(row, rounds=3)
    assert side.state == "working"
    assert not services.try_again(side)
    Run.objects.filter(status="queued").update(not_before=None)
    [side] = carry_out(row)
    assert side.state == "ready"


def test_it_keeps_what_came_when_it_is_stopped(compare, carry_out, team):
    ModelFact.objects.create(team=team, model_pattern=WORDS, limits={"inputs": 2})
    row = compare(tuple(f"word{n} apple" for n in range(40)))
    side = row.sides.get()
    services.stop(side)
    [side] = carry_out(row)
    assert (side.state, side.sentence) == ("failed", "Stopped.")
    assert not Vector.objects.filter(packed=None).exists()
    services.try_again(side)
    [side] = carry_out(row)
    assert (side.state, side.sentence) == ("ready", "")
    assert Vector.objects.count() == 40


def test_it_takes_a_double_click_for_one(compare, carry_out, loopback):
    assert compare(key="k" * 32).pk == compare(key="k" * 32).pk
    carry_out()
    assert (len(asked(loopback)), Side.objects.count()) == (1, 1)
    with pytest.raises(services.KeyReused):
        compare(("something else",), key="k" * 32)


def test_it_answers_a_question_with_one_call(compare, carry_out, loopback, editor):
    row = compare()
    [side] = carry_out(row)
    services.ask(editor, side, "a yellow apple")
    carry_out(row)
    services.ask(editor, side, "a yellow apple")
    carry_out(row)
    assert [call["texts"] for call in asked(loopback)] == [5, 1]


def test_it_compares_two_models(compare, carry_out, editor, reading):
    row = compare()
    carry_out(row)
    [choice] = choices_of(editor.team, Model.objects.filter(provider=reading, name=SIZED))
    services.add_side(editor, row, Chosen(choice, {}))
    services.add_side(editor, row, Chosen(choice, {}))
    first, second = carry_out(row)
    assert (first.state, second.state) == ("ready", "ready")
    told = second.findings.get(kind="agreement").told
    assert told["of"] == 5
    assert 0 <= told["same"] <= 5


def test_it_is_due_for_what_nobody_was_told_of(compare, carry_out, editor):
    """A lost message, a dead worker: the sweeper finds the side, and leaves one alone for which nothing is due."""
    follow_up = SideFollowUp()
    row = compare()
    side = row.sides.get()
    assert list(follow_up.due(9)) == [side.pk]
    follow_up.work(side.pk)
    assert list(follow_up.due(9)) == []  # its call is under way
    Run.objects.update(status="failed", error={"sentence": "It broke."}, error_kind="server")
    assert list(follow_up.due(9)) == [side.pk]
    carry_out(row)
    assert list(follow_up.due(9)) == []
    services.try_again(Side.objects.get())
    [side] = carry_out(row)
    assert (side.state, list(follow_up.due(9)), list(Comparing().due(9))) == ("ready", [], [])
    services.ask(editor, side, "a yellow apple")
    assert list(follow_up.due(9)) == [side.pk]
    services.wish(side, groups=2)
    assert list(Comparing().due(9)) == [side.pk]
    carry_out(row)
    assert (list(follow_up.due(9)), list(Comparing().due(9))) == ([], [])


def test_it_leaves_a_side_to_whoever_holds_it(compare, carry_out):
    row = compare()
    side = row.sides.get()
    with held(Side.objects, side.pk):
        SideFollowUp().work(side.pk)
        assert not Run.objects.exists()
    [side] = carry_out(row)
    assert side.state == "ready"
