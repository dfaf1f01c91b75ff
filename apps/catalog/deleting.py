"""A tuned model is deleted at its provider: by one run, which is never repeated by itself, and whose end is written to the model.

`Model.deleting_since` says that a run is under way, so that two people ask for it once; `deleted_at`, that the provider has done it.
"""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.catalog.operations import DELETING, DeleteModel, path_of_model
from apps.providers.models import DefaultModel, Model
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.models import ACTIVE, Run, Status
from apps.runs.services import start_run


class UnderWay(Exception):
    """Somebody else is deleting it at this moment, or has done so. Nothing was started."""


def begin(by: Membership, model: Model, label: str, key: str) -> Run:
    """Have the provider delete it. Raises `UnderWay`; ValueError for a name that no address can hold; and as `start_run`."""
    path_of_model(model.name)
    with transaction.atomic():
        free = Model.objects.filter(pk=model.pk, deleting_since=None, deleted_at=None)
        if not free.update(deleting_since=timezone.now()):
            raise UnderWay
        run = start_run(
            team=by.team,
            person=by.user,
            operation=DeleteModel.name,
            provider=model.provider,
            model=model.name,
            model_label=label,
            params={},
            key=key,
            parent=(DELETING, model.pk),
        )
        record(by, "model.deleting", target=model.name, provider=model.provider.name)
        publish_follow_up(DELETING, model.pk)
    return run


class Deleting(FollowUp):
    """When the run has ended the model is gone from every list, or as it was before."""

    kind: ClassVar[str] = DELETING

    def work(self, pk: uuid.UUID) -> None:
        with transaction.atomic():
            model = Model.objects.select_for_update().filter(pk=pk).exclude(deleting_since=None).first()
            run = Run.objects.filter(parent_kind=DELETING, parent_id=pk).order_by("-pk").first() if model else None
            if model is None or (run is not None and run.is_active):
                return
            if run is not None and run.status == Status.COMPLETED:
                _note_deleted(model, run)
            Model.objects.filter(pk=pk).update(deleting_since=None)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        active = Run.objects.filter(parent_kind=DELETING, parent_id=OuterRef("pk"), status__in=ACTIVE)
        waiting = Model.objects.exclude(deleting_since=None).exclude(Exists(active))
        return list(waiting.order_by("?").values_list("pk", flat=True)[:limit])


def _note_deleted(model: Model, run: Run) -> None:
    """It is on no page any more, and no page starts with it. Its row stays, since runs and rules know it by its name."""
    Model.objects.filter(pk=model.pk).update(deleted_at=timezone.now(), is_listed=False, is_typed=False)
    DefaultModel.objects.filter(model=model).delete()
    by = Membership.objects.select_related("user").filter(team=run.team_id, user=run.person_id).first()
    if by is not None:
        record(by, "model.deleted", target=model.name, provider=run.provider_label)
