"""Conversations: a tree of turns, of which one path is shown.

A question is a turn with text; an answer is a turn with a run, whose text is the run's. What a function gave back to an answer
that asked for it is a turn with text and a call. Trying again adds a sibling, so nothing that was answered is lost; `leaf` is the
end of the path that is shown. A branch is a conversation of its own whose turns are copies: a copied answer has the same run,
which was paid for once. An answer that was imported has no run and no receipt: it is a turn with text, said by a model elsewhere.
"""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.chat.import_models import Import
from apps.chat.texts import whole
from apps.chat.words import Words
from apps.core.ids import new_id
from apps.runs.leases import Leased
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
    brought = models.ForeignKey(Import, models.SET_NULL, null=True, related_name="conversations")  # the import that it came with
    brought_key = models.CharField(max_length=110, null=True)  # what it is called where it came from: it comes once
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "deleted_at", "-updated_at"], name="recent_conversations")]
        constraints = [
            models.UniqueConstraint(fields=["team", "branch_key"], name="one_branch_of_a_key"),
            models.UniqueConstraint(fields=["team", "brought_key"], name="one_chat_of_a_brought_key"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("New chat"))

    def get_absolute_url(self) -> str:
        return reverse("chat:conversation", args=[self.pk])


class Turn(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    text = models.TextField(blank=True)  # of a question, or a function's reply; of an answer that goes on (`continuing`): its beginning
    call = models.JSONField(null=True)  # of a reply: the call (`apps.chat.tools.Call`); {"left": [names]} where calls were left
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="turns", related_query_name="turn")  # of an answer
    # Of an imported answer, which has no run: the model's name there. What the database fills in is for the version before.
    said_by = models.CharField(max_length=100, blank=True, default="", db_default="")
    form = models.JSONField(null=True)  # of an answer: as what it was asked for (`apps.chat.answer_forms`)
    is_copy = models.BooleanField(default=False, db_default=False)  # in a branch: its run belongs to another turn
    chosen = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")  # which child was shown last, where not the newest
    # The answer that broke off, whose receipt counts too.
    continues = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    is_together = models.BooleanField(default=False, db_default=False)  # one of several answers that were asked for at once
    is_indexed = models.BooleanField(default=False)  # whether the search has its words (`indexing`)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "id"], name="turns_in_order"),
            models.Index(fields=["id"], name="turns_to_index", condition=models.Q(is_indexed=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["run"], condition=models.Q(is_copy=False), name="one_turn_of_a_run")]

    def __str__(self) -> str:
        return self.text[:60] or f"answer {self.id}"

    @property
    def is_question(self) -> bool:
        """Whether it is what a person wrote."""
        return not self.is_answer and self.call is None

    @property
    def is_answer(self) -> bool:
        """Whether a model said it, here or elsewhere."""
        return self.run_id is not None or self.said_by != ""

    @property
    def model_name(self) -> str:
        """Which model said it, for people; "" for what no model said."""
        return (self.run.model_label or self.run.model or str(_("Answer"))) if self.run else self.said_by

    @property
    def full_text(self) -> str:
        """What was asked, or answered."""
        return whole(self.text, self.run.text) if self.run else self.text


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


class Function(models.Model):
    """Something that a model may ask for, by its name and inputs. People give its reply, or an address that an admin allowed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="functions")
    name = models.CharField(_("name"), max_length=64)
    description = models.TextField(_("what it does"), blank=True)
    parameters = models.JSONField(default=dict)  # JSON Schema of its inputs
    address = models.CharField(_("address"), max_length=500, blank=True)
    private_origin = models.CharField(max_length=300, blank=True)  # "scheme://host:port" of a private network that an admin allowed
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_function_of_a_name")]
        ordering = ["name"]

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


class FunctionCall(Leased):
    """One POST to the address of a function, or none: nothing is ever sent a second time for the same row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sent")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")
        UNKNOWN = "unknown", _("Outcome unknown")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="function_calls")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answer = models.ForeignKey(Turn, models.CASCADE, related_name="function_calls")
    position = models.PositiveIntegerField()  # of the call in the answer
    key = models.CharField(max_length=80)  # of the form: pressed twice it is one
    function = models.ForeignKey(Function, models.SET_NULL, null=True, related_name="calls")
    address = models.CharField(max_length=500)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    text = models.TextField(blank=True)  # its reply
    sentence = models.CharField(max_length=300, blank=True)  # why there is none
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "key", "position"], name="one_function_call_of_a_key")]
        indexes = [models.Index(fields=["answer", "position"], name="function_calls_of_answer")]

    def __str__(self) -> str:
        return f"{self.address} ({self.state})"

    @property
    def is_active(self) -> bool:
        return self.state in {self.State.WAITING, self.State.SENDING}


from apps.chat.attachments import Attachment  # noqa: E402  it names the models above

__all__ = [
    "Attachment",
    "Conversation",
    "ConversationQuerySet",
    "Function",
    "FunctionCall",
    "Said",
    "Share",
    "ShareQuerySet",
    "SharingRule",
    "Tag",
    "Turn",
]
