"""Conversations: a tree of turns, of which one path is shown.

A question is a turn with text; an answer is a turn with a run, whose text is the run's. Trying again
adds a sibling, so nothing that was answered is lost; `leaf` is the end of the path that is shown.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.ids import new_id
from apps.runs.models import Run


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def alive(self) -> "ConversationQuerySet":
        return self.filter(deleted_at=None)


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="conversations")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="conversations")
    title = models.CharField(_("title"), max_length=120, blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    settings = models.JSONField(default=dict)  # {"model": id of a providers.Model, "preset": …, "parameters": {API name: value}}
    leaf = models.ForeignKey("Turn", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "deleted_at", "-updated_at"], name="recent_conversations")]

    def __str__(self) -> str:
        return self.title or str(_("New chat"))


class Turn(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    text = models.TextField(blank=True)  # of a question
    run = models.OneToOneField(Run, models.PROTECT, null=True, related_name="turn")  # of an answer
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"], name="turns_in_order")]

    def __str__(self) -> str:
        return self.text[:60] or f"answer {self.id}"


from apps.chat.attachments import Attachment  # noqa: E402  it names the models above

__all__ = ["Attachment", "Conversation", "ConversationQuerySet", "Turn"]
