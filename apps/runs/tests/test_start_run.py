import threading

import pytest
from django.db import connection, transaction

from apps.runs import services
from apps.runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_queues_one_row_with_what_was_asked(ask):
    run = ask("steady", text="What is clay?")
    row = Run.objects.get()
    assert (row.status, row.operation, row.model, row.cost_kind) == (Status.QUEUED, "chat.reply", "steady", "unknown")
    assert row.summary.startswith("What is clay?")
    assert row.pk == run.pk


def test_it_gives_the_same_run_for_the_same_key(team, editor, provider):
    asked = {"team": team, "person": editor.user, "operation": "chat.reply", "provider": provider, "model": "steady", "key": "k"}
    params = {"messages": [{"role": "user", "content": "Hello"}]}
    first = services.start_run(**asked, params=params)
    second = services.start_run(**asked, params=params)
    assert first.pk == second.pk
    assert Run.objects.count() == 1


def test_it_refuses_a_key_for_something_else(ask):
    ask(key="k", text="one")
    with pytest.raises(services.KeyReused):
        ask(key="k", text="two")
    assert Run.objects.count() == 1


def test_it_keeps_teams_apart_even_with_one_key(ask, other_team, make_member, provider):
    mine = ask(key="k")
    stranger = make_member(other_team)
    theirs = services.start_run(
        team=other_team, person=stranger.user, operation="chat.reply", provider=provider, model="steady", params=mine.params, key="k"
    )
    assert theirs.pk != mine.pk


def test_it_makes_one_run_of_two_clicks_at_the_same_moment(team, editor, provider):
    params = {"messages": [{"role": "user", "content": "Hello"}]}
    found, ready = [], threading.Barrier(4)

    def click():
        ready.wait()
        try:
            with transaction.atomic():
                run = services.start_run(
                    team=team, person=editor.user, operation="chat.reply", provider=provider, model="steady", params=params, key="k"
                )
            found.append(run.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert Run.objects.count() == 1


def test_it_leaves_room_for_others(ask, settings):
    settings.RUN_MAX_ACTIVE = 2
    first = ask(key="a", text="one")
    ask(key="b", text="two")
    with pytest.raises(services.TooManyRuns):
        ask(key="c", text="three")
    services.stop_run(first)
    assert ask(key="c", text="three").status == Status.QUEUED
