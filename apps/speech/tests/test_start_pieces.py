"""Calls of a take begin together with their pieces, and none begins for a take that was stopped at that moment."""

import pytest

from apps.runs.executor import execute
from apps.runs.followups import work_now
from apps.runs.models import Run
from apps.speech import services, taking
from apps.speech.models import PARENT, Piece, Take


@pytest.fixture
def take(short_pieces, say):
    """One of three pieces."""
    say(text=" ".join(f"This is sentence number {number} of the text." for number in range(30)))
    return Take.objects.get()


def after(monkeypatch, name, act):
    """Something happens as soon as this of `taking` has returned."""
    real = getattr(taking, name)

    def both(*which, **named):
        found = real(*which, **named)
        act()
        return found

    monkeypatch.setattr(taking, name, both)


@pytest.mark.parametrize(("name", "begun"), [("facts_by_name", 0), ("start_run", 1)])
def test_it_sends_nothing_more_for_a_take_that_is_stopped_meanwhile(take, carry_out, monkeypatch, name, begun):
    """The worker has loaded the take, or begun its first call, when somebody presses Stop."""
    after(monkeypatch, name, lambda: services.stop(take))
    work_now(PARENT, take.pk)
    (take,) = carry_out()
    assert (take.state, take.sentence) == ("failed", "Stopped.")
    assert list(Run.objects.values_list("status", flat=True)) == ["cancelled"] * begun
    assert Piece.objects.filter(run=None).count() == 3 - begun


def test_it_leaves_no_call_without_its_piece(take, carry_out, monkeypatch):
    """The worker dies when the call is written, and the piece is not."""

    def die():
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        after(patched, "start_run", die)
        work_now(PARENT, take.pk)
    assert not Run.objects.exists() and Piece.objects.filter(run=None).count() == 3
    (take,) = carry_out()
    assert take.state == "ready" and Run.objects.count() == 3


def test_it_begins_no_piece_that_was_begun_meanwhile(take, monkeypatch):
    """Another worker takes the take over while this one stands still, with its pieces in hand as they were."""

    waiting = [take.pk]

    def elsewhere():
        if waiting:
            Take.objects.update(lease_until=None)
            work_now(PARENT, waiting.pop())
            execute(list(Run.objects.filter(status="queued").values_list("pk", flat=True)))

    after(monkeypatch, "facts_by_name", elsewhere)
    work_now(PARENT, take.pk)
    assert list(Run.objects.values_list("status", flat=True)) == ["completed"] * 3
    assert {piece.run_id for piece in Piece.objects.all()} == set(Run.objects.values_list("pk", flat=True))


def test_whoever_joins_finds_the_lease_given_back(say, monkeypatch):
    """Asked a moment earlier it would find the take held, and wait for the sweeper."""
    say()
    take = Take.objects.get()
    work_now(PARENT, take.pk)
    execute(list(Run.objects.values_list("pk", flat=True)))
    monkeypatch.setattr(taking, "publish_follow_up", work_now)
    work_now(PARENT, take.pk)
    take.refresh_from_db()
    assert take.state == "ready"
