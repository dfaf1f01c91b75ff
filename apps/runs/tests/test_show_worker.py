"""Signs of life of workers and beat."""

import datetime

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from apps.runs import heartbeats
from apps.runs.models import Heartbeat, Run
from apps.runs.supervisor import WORKER
from apps.runs.tasks import sweep_runs

pytestmark = pytest.mark.django_db


def age(seconds, name=WORKER):
    Heartbeat.objects.filter(name=name).update(seen_at=timezone.now() - datetime.timedelta(seconds=seconds))


def test_it_sees_a_worker_that_gives_signs():
    assert not heartbeats.is_anybody_here()
    heartbeats.beat_for_worker()
    heartbeats.beat_for_worker()
    [worker] = heartbeats.workers()
    assert worker.is_here and worker.host and worker.pid
    assert heartbeats.is_anybody_here()


def test_it_tells_a_frozen_worker_as_gone(settings):
    heartbeats.beat_for_worker()
    age(settings.RUN_SWEEP_EVERY * 2)
    assert heartbeats.is_anybody_here()
    age(settings.RUN_SWEEP_EVERY * 3)
    assert not heartbeats.is_anybody_here()
    assert not heartbeats.workers()[0].is_here


def test_it_forgets_one_that_left_in_order_at_once_and_a_dead_one_after_a_day():
    Heartbeat.objects.create(name="old", started_at=Now(), seen_at=timezone.now() - datetime.timedelta(hours=25))
    heartbeats.beat_for_worker()
    assert [worker.pid for worker in heartbeats.workers()] == [Heartbeat.objects.get(name=WORKER).pid]
    heartbeats.leave()
    assert heartbeats.workers() == []


def test_it_counts_the_runs_that_a_worker_holds(ask):
    heartbeats.beat_for_worker()
    held, _waiting = ask(), ask()
    Run.objects.claim(held.pk, WORKER)
    assert heartbeats.workers()[0].runs == 1


def test_it_hears_of_beat_by_its_task_and_takes_it_for_no_worker(transactional_db):
    assert heartbeats.beat_seen_at() == (None, False)
    sweep_runs()
    assert heartbeats.beat_seen_at()[1]
    age(600, heartbeats.BEAT)
    assert not heartbeats.beat_seen_at()[1]
    assert not heartbeats.is_anybody_here()
