"""A chat with a model of the loopback provider, asked as the page does it and answered as a worker does it."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.providers.models import Model, Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.errors.reading import Note, follow, note_on, page_at

PROVIDER, LABEL = "Harbour AI", "Large 4"


@dataclass
class Told:
    """A call that ended, and what the chat's page says of it."""

    client: Any
    conversation: Conversation

    @property
    def run(self) -> Run:
        return Run.objects.filter(turn__conversation=self.conversation).latest("id")

    @property
    def page(self) -> str:
        return page_at(self.client, self.conversation.get_absolute_url())

    @property
    def note(self) -> Note:
        return note_on(self.page)

    def follow(self, label: str) -> str:
        """Press it. The page it leads to."""
        assert label in self.note.acts, f"only {list(self.note.acts)}"
        return follow(self.client, self.note.acts[label], uuid.uuid4().hex)

    def answered(self, label: str) -> Run:
        """Press what asks again, and let a worker answer."""
        before = self.run
        self.follow(label)
        assert self.run.pk != before.pk, "nothing was asked again"
        execute([self.run.pk])
        return self.run


@pytest.fixture
def provider(provider: Provider) -> Provider:
    provider.name = PROVIDER
    provider.save()
    return provider


@pytest.fixture
def provoke(transactional_db: None, as_editor: Any, team: Any, editor: Any, provider: Provider) -> Any:
    """Ask this model, by default one of the loopback provider."""

    def provoke(name: str, at: Provider | None = None, text: str = "What is clay?", **parameters: Any) -> Told:
        model = Model.objects.create(provider=at or provider, name=name, label=LABEL, is_typed=True)
        settings = {"model": str(model.pk), "parameters": parameters}
        conversation = Conversation.objects.create(team=team, person=editor.user, title="Clay", settings=settings)
        asked = as_editor.post(reverse("chat:conversation", args=[conversation.pk]), {"message": text, "key": uuid.uuid4().hex})
        assert asked.status_code == 303
        told = Told(as_editor, conversation)
        execute([told.run.pk])
        return told

    return provoke
