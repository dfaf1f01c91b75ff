"""The people and the provider of the tests of providers, which the pages of models show; and one that is really called."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import Membership, Role
from apps.providers.models import Provider
from apps.providers.tests.conftest import admin, make_model, other_team, provider, sign_in, team
from apps.runs.executor import execute
from apps.runs.models import Run

__all__ = ["admin", "make_model", "other_team", "provider", "sign_in", "team"]


@pytest.fixture
def live(team, loopback) -> Provider:
    """The loopback provider, which answers, told afresh what it has."""
    loopback.reset()
    origin = loopback.url.removesuffix("/v1")
    return Provider.objects.create(team=team, name="Harbour", base_url=loopback.url, dialect="other", private_origin=origin)


@pytest.fixture
def as_role(team, sign_in):
    """A client of this role in the team, and its membership."""

    def make(role):
        client = sign_in(team, role)
        return client, Membership.objects.select_related("team", "user").get(team=team, role=role)

    return make


@pytest.fixture
def admin_of(admin, team) -> Membership:
    return Membership.objects.select_related("team", "user").get(team=team, role=Role.ADMIN)


@pytest.fixture
def work_off():
    """Do what the worker does with all that is queued."""

    def run():
        execute(Run.objects.filter(status="queued").values_list("pk", flat=True))

    return run


def page_of(model) -> str:
    return reverse("catalog:model", args=[model.pk])


def key() -> str:
    return str(uuid.uuid4())
