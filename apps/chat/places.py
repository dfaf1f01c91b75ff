"""Where a person writes: a conversation, or a new chat that has no row until its first message.

A new chat keeps its settings and instructions in the session. Both answer to the same names, so that
panel, instructions and composer need not know which of them they belong to.
"""

import uuid
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.accounts.access import TeamRequest, get_visible, may
from apps.accounts.models import Role, Team
from apps.chat.answer_settings import Saved
from apps.chat.models import Conversation, Turn
from apps.chat.services import Draft
from apps.runs.models import Run

SESSION_KEY = "new_chat"
CHOOSE_MODEL = "choose=model"


class Place:
    def __init__(self, request: TeamRequest, conversation: Conversation | None) -> None:
        self.request = request
        self.conversation = conversation
        self._draft: dict[str, Any] = dict(request.session.get(SESSION_KEY, {}))

    @property
    def team(self) -> Team:
        return self.request.membership.team

    @property
    def may_write(self) -> bool:
        return may(self.request.membership, Role.EDITOR)

    @property
    def settings(self) -> Saved:
        return dict(self.conversation.settings if self.conversation else self._draft.get("settings", {}))

    @property
    def instructions(self) -> str:
        return str(self.conversation.instructions if self.conversation else self._draft.get("instructions", ""))

    @property
    def draft(self) -> Draft:
        return Draft(self.settings, self.instructions)

    def save(self, **changes: Any) -> None:
        """Keep `settings` or `instructions`."""
        if self.conversation:
            Conversation.objects.filter(pk=self.conversation.pk).update(**changes)
            for name, value in changes.items():
                setattr(self.conversation, name, value)
        else:
            self._draft = {**self._draft, **changes}
            self.request.session[SESSION_KEY] = self._draft

    def forget_draft(self) -> None:
        """The next new chat begins with the team's defaults."""
        self.request.session.pop(SESSION_KEY, None)

    def _url(self, name: str) -> str:
        return reverse(f"chat:{name}", args=[self.conversation.pk]) if self.conversation else reverse(f"chat:new_{name}")

    @property
    def url(self) -> str:
        return reverse("chat:conversation", args=[self.conversation.pk]) if self.conversation else reverse("chat:home")

    @property
    def settings_url(self) -> str:
        return self._url("settings")

    @property
    def picker_url(self) -> str:
        """The list of models as a page, for people without scripts."""
        return f"{self.settings_url}?{CHOOSE_MODEL}"

    @property
    def instructions_url(self) -> str:
        return self._url("instructions")

    @property
    def variables_url(self) -> str:
        return self._url("variables")

    @property
    def request_url(self) -> str:
        return self._url("request")

    @property
    def attach_url(self) -> str:
        return self._url("attach")

    @property
    def draft_key(self) -> str:
        """Under which the browser keeps what was typed and not sent."""
        return f"chat-{self.conversation.pk if self.conversation else 'new'}"


def conversation_of(request: TeamRequest, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of the member's team that was not deleted, or 404."""
    return get_visible(
        request.membership, Conversation.objects.alive().select_related("team", "branched_from__conversation"), conversation_id
    )


def turn_in(conversation: Conversation, turn_id: uuid.UUID) -> Turn:
    """A turn of this conversation, or 404."""
    return get_object_or_404(conversation.turns.select_related("run"), pk=turn_id)


def answer_of(request: TeamRequest, run_id: uuid.UUID) -> Turn:
    """The answer that a run brought, or 404: the one that `?turn=` names, since branches share runs, else the first."""
    run = get_visible(request.membership, Run.objects.defer("request", "response"), run_id)
    turns = Turn.objects.filter(run=run).select_related("conversation")
    named = request.GET.get("turn", "")
    try:
        turn = turns.get(pk=uuid.UUID(named)) if named else turns.get(is_copy=False)
    except (ValueError, Turn.DoesNotExist):
        raise Http404 from None
    turn.conversation, turn.run = conversation_of(request, turn.conversation_id), run
    return turn


def place_of(request: TeamRequest, conversation_id: uuid.UUID | None) -> Place:
    """The place of an address, or 404."""
    return Place(request, conversation_of(request, conversation_id) if conversation_id else None)
