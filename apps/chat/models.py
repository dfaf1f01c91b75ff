"""Conversations: a tree of turns, of which one path is shown.

A question is a turn with text; an answer is a turn with a run, whose text is the run's. Trying again
adds a sibling, so nothing that was answered is lost; `leaf` is the end of the path that is shown. A branch is a
conversation of its own whose turns are copies: a copied answer has the same run, which was paid for once.
"""

from django.db import models
from django.urls import reverse
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
    branched_from = models.ForeignKey("Turn", models.SET_NULL, null=True, related_name="+")  # the turn up to which it was copied
    branch_key = models.CharField(max_length=80, null=True)  # of the form that made it a branch: a double click makes one
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "deleted_at", "-updated_at"], name="recent_conversations")]
        constraints = [models.UniqueConstraint(fields=["team", "branch_key"], name="one_branch_of_a_key")]

    def __str__(self) -> str:
        return self.title or str(_("New chat"))

    def get_absolute_url(self) -> str:
        return reverse("chat:conversation", args=[self.pk])


class Turn(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    text = models.TextField(blank=True)  # of a question; of an answer that goes on from a text (`continuing`): that text
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="turns", related_query_name="turn")  # of an answer
    is_copy = models.BooleanField(default=False)  # in a branch: its run belongs to another turn
    chosen = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")  # which child was shown last, where not the newest
    continues = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+"
    )  # the answer that broke off, whose receipt counts too
    is_together = models.BooleanField(default=False)  # one of several answers that were asked for at once
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "id"], name="turns_in_order")]
        constraints = [models.UniqueConstraint(fields=["run"], condition=models.Q(is_copy=False), name="one_turn_of_a_run")]

    def __str__(self) -> str:
        return self.text[:60] or f"answer {self.id}"
