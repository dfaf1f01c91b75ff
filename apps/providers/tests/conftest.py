"""Two teams with people in every role, and a provider to work on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role, Team, User
from apps.providers.models import Model, Provider
from apps.providers.services import create_provider

KEY = "sk-test-0123456789abcdefWXYZ"


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Kiln")


@pytest.fixture
def other_team(db: None) -> Team:
    return Team.objects.create(name="Loom")


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """A client signed in as a new person with this role in this team."""

    def make(team: Team, role: str = Role.ADMIN) -> Client:
        user = User.objects.create_user(f"{role}@{team.name.lower()}.example", "not used here")
        Membership.objects.create(team=team, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def admin(team: Team, sign_in: Callable[..., Client]) -> Client:
    return sign_in(team, Role.ADMIN)


@pytest.fixture
def provider(team: Team) -> Provider:
    return create_provider(team, name="OpenAI", base_url="https://api.openai.com/v1", key=KEY)


@pytest.fixture
def make_model(provider: Provider) -> Callable[..., Model]:
    def make(name: str, of: Provider | None = None, **fields: Any) -> Model:
        return Model.objects.create(provider=of or provider, name=name, **fields)

    return make
