"""Leases of rows: one worker at a time, and the next one when the first has died."""

import time

import pytest

from apps.runs.leases import held, is_free
from apps.runs.transitions import from_now
from apps.transcription.models import Recording


@pytest.fixture
def recording(team):
    return Recording.objects.create(team=team, kind="uploaded", key="k")


def test_it_is_ours_and_nobody_elses(recording):
    with held(Recording.objects, recording.pk) as is_ours:
        assert is_ours
        assert not Recording.objects.filter(is_free(), pk=recording.pk).exists()
        with held(Recording.objects, recording.pk) as is_theirs:
            assert not is_theirs
    assert Recording.objects.filter(is_free(), pk=recording.pk).exists()


def test_it_is_given_back_when_the_work_fails(recording):
    with pytest.raises(ZeroDivisionError), held(Recording.objects, recording.pk):
        raise ZeroDivisionError
    assert Recording.objects.filter(is_free(), pk=recording.pk).exists()


def test_a_dead_worker_loses_it(recording):
    Recording.objects.filter(pk=recording.pk).update(lease_until=from_now(-1))
    with held(Recording.objects, recording.pk) as is_ours:
        assert is_ours


@pytest.mark.django_db(transaction=True)
def test_it_is_renewed_for_as_long_as_the_work_takes(recording, settings):
    settings.RUN_LEASE, settings.RUN_LEASE_RENEW = 2, 0.05
    with held(Recording.objects, recording.pk):
        first = Recording.objects.get(pk=recording.pk).lease_until
        end = time.monotonic() + 10
        while Recording.objects.get(pk=recording.pk).lease_until == first and time.monotonic() < end:
            time.sleep(0.05)
        assert Recording.objects.get(pk=recording.pk).lease_until > first


def test_there_is_nothing_to_hold_of_a_row_that_is_gone(recording):
    pk = recording.pk
    recording.delete()
    with held(Recording.objects, pk) as is_ours:
        assert not is_ours
