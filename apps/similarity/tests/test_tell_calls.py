"""What is told of the calls of a side."""

import pytest

from apps.runs.models import Run
from apps.similarity.telling import with_progress
from apps.similarity.tests.rows import make_set

pytestmark = pytest.mark.django_db


def test_it_tells_only_the_calls_of_its_own_team(team, other_team, provider):
    side, other = make_set(team, provider), make_set(other_team, provider)
    Run.objects.filter(team=team).update(cost="0.01", cost_kind="known")
    Run.objects.filter(team=other_team).update(parent_id=side.pk)
    assert Run.objects.filter(parent_id=side.pk).count() == 2 and other.pk != side.pk
    [told] = with_progress([side])
    assert (told.calls, len(told.receipts), told.spent.kind) == (1, 1, "known")
