"""People, teams, and what a person may do in a team."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Makes people. An address is kept in lower case, so that it is one person however it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class Density(models.TextChoices):
    """How much room a page takes."""

    NORMAL = "normal", _("Normal")
    COMPACT = "compact", _("Compact")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with e-mail address and password. `is_superuser` marks the owner of the installation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)  # empty: the installation's
    density = models.CharField(_("density"), max_length=10, choices=Density.choices, default=Density.NORMAL)
    sends_with_enter = models.BooleanField(_("send with Enter"), default=True)
    uses_keys = models.BooleanField(_("single keys"), default=True)  # the shortcuts of one letter (WCAG 2.1.4)
    hears_answers = models.BooleanField(_("read answers out"), default=False)  # finished paragraphs go to a polite log

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def owns_installation(self) -> bool:
        return self.is_active and self.is_superuser


class Team(models.Model):
    """Everything belongs to a team: every other row carries its id.

    A deleted team is gone from every page at once; its rows are removed in the background. What is
    older than `keep_days`, or than `erase_before`, loses its content: numbers stay, words go.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    keep_days = models.PositiveIntegerField(_("keep for"), null=True)  # empty: for ever
    keeps_content = models.BooleanField(_("keep what was asked and answered"), default=True)  # no: History keeps numbers only
    erase_before = models.DateTimeField(null=True)  # "delete all" was pressed then
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """In rising order: each may do what the ones before may."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")
    OWNER = "owner", _("Owner")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def alive(self) -> "MembershipQuerySet":
        """Those that open a door: not locked out, in a team that is there, of an account that is on."""
        return self.filter(disabled_at=None, team__deleted_at=None, user__is_active=True)


class Membership(models.Model):
    """One person in one team, with one role. Access decisions start here (`access.py`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    disabled_at = models.DateTimeField(null=True)  # locked out by an admin; what the person made stays
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_each"),
            models.UniqueConstraint(fields=["team"], condition=models.Q(role="owner"), name="one_owner_of_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"

    def has_role(self, role: str) -> bool:
        """Whether this member has at least that role. For views and templates: `access.may`, which asks more."""
        return Role.values.index(self.role) >= Role.values.index(role)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those whose link still makes a member."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link that makes whoever opens it a member: once, until it expires or is taken back.

    Only a hash of the token is kept, so that a copy of the database opens no door.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.EDITOR)
    email = models.EmailField(_("e-mail"), blank=True)  # only for this address; empty: for whoever has the link
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="invitations_of_a_team")]

    def __str__(self) -> str:
        return f"{self.team}: {self.role}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class AuditEntry(models.Model):
    """Who did what to keys, roles, providers, people and data. Written by `audit.record`, never changed.

    Names are kept as they were: the person and the thing may be gone when this is read.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="audit")
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    person_label = models.CharField(max_length=254, blank=True)
    act = models.CharField(max_length=40)  # a name of `audit.ACTS`
    target = models.CharField(max_length=254, blank=True)  # the thing or person it was done to, by name
    details = models.JSONField(default=dict)  # what `audit.record` was given, for instance {"before": …, "after": …}; never a secret
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="audit_of_a_team")]

    def __str__(self) -> str:
        return f"{self.person_label}: {self.act} {self.target}"
