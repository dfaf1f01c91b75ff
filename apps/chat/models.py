"""Conversations: a tree of turns, of which one path is shown.

A question is a turn with text; an answer is a turn with a run, whose text is the run's. Trying again
adds a sibling, so nothing that was answered is lost; `leaf` is the end of the path that is shown.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.chat.words import Words
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
    is_indexed = models.BooleanField(default=False)  # whether the search has its words (`indexing`)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "id"], name="turns_in_order"),
            models.Index(fields=["id"], name="turns_to_index", condition=models.Q(is_indexed=False)),
        ]

    def __str__(self) -> str:
        return self.text[:60] or f"answer {self.id}"

    @property
    def full_text(self) -> str:
        """What was asked, or answered."""
        return self.run.text if self.run else self.text


class Said(models.Model):
    """The words of a turn, for the search. Its number grows with the time of the turn."""

    id = models.BigIntegerField(primary_key=True)
    turn = models.OneToOneField(Turn, models.CASCADE, related_name="said")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="said")
    words = Words()

    def __str__(self) -> str:
        return f"words of {self.turn_id}"


class Tag(models.Model):
    """A short word on a conversation (`tagging`). `folded` tells which are the same."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="chat_tags")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="tags")
    name = models.CharField(_("tag"), max_length=30)
    folded = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "folded"], name="one_tag_of_a_word")]
        indexes = [models.Index(fields=["team", "folded"], name="chats_by_tag")]

    def __str__(self) -> str:
        return self.name


class ShareQuerySet(models.QuerySet["Share"]):
    def open(self) -> "ShareQuerySet":
        """Those whose link shows something: neither withdrawn nor over, of a chat that is there."""
        lasting = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(lasting, withdrawn_at=None, conversation__deleted_at=None, team__deleted_at=None)

    def empty(self) -> int:
        """They show nothing from now on, and nothing of what they showed is kept. How many."""
        return self.filter(withdrawn_at=None).update(withdrawn_at=timezone.now(), turns=[], instructions="", title="")


class Share(models.Model):
    """A link to a frozen copy of a path (`sharing`). A copy of the database holds the words themselves, so the token stands in it, too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="chat_shares")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="shares")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=120)
    instructions = models.TextField(blank=True)  # only where whoever made it chose so
    turns = models.JSONField()  # [{"by": model, "" for a question, "text": Markdown, "at": ISO 8601}]
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=120, null=True)  # of the form that made it, and what it chose: a double click makes one

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="one_share_of_a_form")]
        indexes = [models.Index(fields=["team", "-id"], name="shares_of_a_team")]

    def __str__(self) -> str:
        return self.title


class SharingRule(models.Model):
    """Whether links of a team are read by anybody. Without a row: only by its members."""

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="chat_sharing")
    is_public = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.team}: {'anybody' if self.is_public else 'members'}"
