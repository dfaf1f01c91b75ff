"""Servers that a team talks to, the models they have, and what each model takes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership, Role, Team, User
from apps.core.ids import new_id
from gateway.dialects import DIALECTS


class ProviderQuerySet(models.QuerySet["Provider"]):
    def alive(self) -> "ProviderQuerySet":
        return self.filter(deleted_at=None)


class Provider(models.Model):
    """A server that speaks the OpenAI API: its address and the key for exactly that address.

    `key` is encrypted (`apps.providers.keys`) and bound to `key_origin`; when scheme, host or port
    of `base_url` change the key is wiped. A deleted provider keeps its row, without its key, so
    that old runs still say where they went.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="providers")  # null: offered to all teams
    name = models.CharField(_("name"), max_length=80)
    base_url = models.URLField(_("address"), max_length=500)
    dialect = models.CharField(
        _("kind of server"), max_length=20, choices=[(name, d.title) for name, d in DIALECTS.items()], default="other"
    )
    dialect_is_guess = models.BooleanField(default=False)  # nobody chose it: a check-up may find a better one
    is_builtin = models.BooleanField(default=False)
    private_origin = models.CharField(max_length=300, blank=True, help_text="The private scheme://host:port that an admin allowed.")
    api_version = models.CharField(max_length=40, blank=True, help_text="Azure's api-version, for its dated addresses.")
    key = models.TextField(blank=True)
    key_origin = models.CharField(max_length=300, blank=True)
    key_tail = models.CharField(max_length=4, blank=True)
    takes_personal_keys = models.BooleanField(default=False)  # a person's own key goes before the team's
    last_check_at = models.DateTimeField(null=True)
    # {"ok": bool, "kind": str, "models": int, "ms": int, "server": {"dialect", "name", "version"}, "word": {"model", "ms" or "kind"}, …}
    last_check = models.JSONField(default=dict)
    # What works there, by the last check-up: endpoint -> {"state": "works" | "missing" | "refused" | "unclear", "reason", "status", "at"}
    endpoints = models.JSONField(default=dict)
    # An admin's word on how chat answers come; "" leaves it to the check-up (`answer_ways`).
    answers_by = models.CharField(
        max_length=10, blank=True, db_default="", choices=[("chat", _("Chat completions")), ("responses", _("Responses API"))]
    )
    recheck_at = models.DateTimeField(null=True)  # when to look again by itself
    limits_left = models.JSONField(default=dict)  # by the headers of the last answer: {"requests", "tokens", "…_reset" in seconds}
    limits_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "deleted_at", "name"])]
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=models.Q(is_builtin=True, deleted_at=None), name="one_builtin_of_a_team")
        ]

    def __str__(self) -> str:
        return self.name

    def has(self, endpoint: str) -> bool:
        """Whether the last check-up found this part of the API."""
        found = self.endpoints.get(endpoint)
        return isinstance(found, dict) and found.get("state") == "works"

    def lacks(self, endpoint: str) -> bool:
        """Whether a check-up found that this part of the API is not there. What was never looked at is not lacking."""
        found = self.endpoints.get(endpoint)
        return isinstance(found, dict) and found.get("state") == "missing"


class PersonalKey(models.Model):
    """Somebody's own key for a provider that allows it. Encrypted and bound to an address as the provider's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="personal_keys")
    user = models.ForeignKey(User, models.CASCADE, related_name="provider_keys")
    key = models.TextField()
    key_origin = models.CharField(max_length=300)
    key_tail = models.CharField(max_length=4, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "user"], name="one_personal_key_each")]

    def __str__(self) -> str:
        return f"{self.user}: {self.provider}"


class Model(models.Model):
    """A model that a provider listed, or that a person typed in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="models")
    name = models.CharField(max_length=200)
    label = models.CharField(max_length=120, blank=True)
    is_listed = models.BooleanField(default=True)  # the last sync still had it
    is_typed = models.BooleanField(default=False)  # added by hand: a sync never removes it
    shutdown_date = models.DateField(null=True)
    context_tokens = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=dict)  # what the server itself says of it, as in its model list
    deleting_since = models.DateTimeField(null=True)  # its provider is being asked to delete it
    deleted_at = models.DateTimeField(null=True)  # its provider said that it is deleted; one that lists it again takes that back
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="one_model_of_a_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label or self.name


class ModelFact(models.Model):
    """One line of the table of what models take. Data, not code: see `apps.providers.facts`.

    Patterns are shell globs; the provider's is matched against host and dialect. All matching lines
    are laid over each other from the least to the most specific.
    """

    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="model_facts")  # null: ships with the product
    provider_pattern = models.CharField(max_length=700, default="*")
    model_pattern = models.CharField(max_length=700, default="*")
    endpoints = models.JSONField(default=list)  # ["chat", "images.generate", …]
    # API name -> {"min", "max", "step", "values", "default", "needs": {other name: [values]}, "off": bool, "because": str,
    #   "refused": [values that a server refused], "learned": bool (a server's refusal, not a person's word)}
    parameters = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)  # counts: {"context": tokens, "output": tokens, …}, words in `apps.providers.model_words`
    # US dollars as text, for a million tokens: {"input", "output", "cached_input", "training"}; others by their names; {"free": true}
    prices = models.JSONField(default=dict)
    label = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    shutdown_date = models.DateField(null=True)
    replacement = models.CharField(max_length=200, blank=True)  # names of models that may take its place, by comma
    is_hidden = models.BooleanField(null=True)  # not offered on pages; null: as the lines below say
    is_favourite = models.BooleanField(null=True)  # first in lists; null: as the lines below say

    class Meta:
        # Two constraints, because SQLite holds every NULL for different.
        constraints = [
            models.UniqueConstraint(fields=["team", "provider_pattern", "model_pattern"], name="one_fact_of_a_pattern"),
            models.UniqueConstraint(
                fields=["provider_pattern", "model_pattern"], condition=models.Q(team=None), name="one_shipped_fact_of_a_pattern"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_pattern} · {self.model_pattern}"


class ModelAccess(models.Model):
    """Who in a team may use one model. A model without a line is open to everybody who may ask.

    Known by its name, as the runs are: a model that is taken away and typed in again is as closed as before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="model_access")
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="model_access")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)  # the least that may use it; "": only the people below
    people = models.ManyToManyField(Membership, related_name="model_access")  # these may in any case; who leaves the team leaves this too

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "provider", "name"], name="one_access_of_a_model")]

    def __str__(self) -> str:
        return f"{self.provider} · {self.name}: {self.role or '-'}"


class DefaultModel(models.Model):
    """The model that a page starts with, for each purpose of a team."""

    class Purpose(models.TextChoices):
        WRITING = "writing", _("Writing")
        CHEAP = "cheap", _("Small jobs")

    team = models.ForeignKey(Team, models.CASCADE, related_name="default_models")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    model = models.ForeignKey(Model, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "purpose"], name="one_default_each")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.model}"
