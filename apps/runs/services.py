"""How the rest of the product starts, stops and repeats runs. No capability knows what happens behind it."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.providers.model_access import why_not
from apps.providers.models import Provider
from apps.runs import gates, registry
from apps.runs.bounds import longer_patience
from apps.runs.files import NewFile, StoredFile, copies_of_inputs, keep_inputs
from apps.runs.followups import publish_follow_up_of
from apps.runs.models import ACTIVE, GateState, Run
from apps.runs.tasks import announce, publish

MAX_KEY_LENGTH = 80


class KeyReused(Exception):
    """The same idempotency key came with something else to ask. Nothing was started."""

    sentence = _("This page is out of date. Reload it and try again.")


class TooManyRuns(Exception):
    """This person has as many runs under way as one person may have. Nothing was started."""


def start_run(
    *,
    team: Team,
    person: User | None,
    operation: str,
    provider: Provider,
    model: str,
    params: Mapping[str, Any],
    files: Sequence[NewFile | StoredFile] = (),
    key: str,
    parent: tuple[str, uuid.UUID] | None = None,
    model_label: str = "",
    again_of: Run | None = None,
    notices: Sequence[str] = (),
    patience: int | None = None,  # seconds to wait for the answer to begin, if longer than usual
) -> Run:
    """Save one call and queue it when the transaction commits.

    `key` comes from the page: the same key gives the same run, however often it is posted; with
    something else to ask it raises `KeyReused`. A broker that is away is no error: the row waits.
    `notices` are sentences for the person about what is sent. Where the team wants calls looked at first, it waits (`apps.runs.gates`).
    A model that is not open to this person is no error either: the run has ended then, unsent, and says so.
    Raises `TooManyRuns` for a person who would leave no room for the others.
    """
    operation_ = registry.get(operation)
    fingerprint = fingerprint_of(operation, provider, model, params, parent, files)
    is_gate_check = parent is not None and parent[0] == gates.GATE  # the team's check, whoever's call waits for it and has the place
    if free_places(team, person) <= 0 and not is_gate_check:
        return _existing(team, key, fingerprint, TooManyRuns())
    run = Run(
        team=team,
        person=person,
        operation=operation,
        provider=provider,
        provider_label=provider.name,
        model=model,
        model_label=model_label or model,
        summary=operation_.summary(params)[:200],
        params=dict(params),
        parent_kind=parent[0] if parent else "",
        parent_id=parent[1] if parent else None,
        again_of=again_of,
        patience=patience,
        notices=list(notices),
        key=key[:MAX_KEY_LENGTH],
        fingerprint=fingerprint,
        queued_at=timezone.now(),
    )
    refusal = why_not(team, person, provider, model, run.model_label) if operation_.asks_model and not is_gate_check else ""
    try:
        is_due = _save_refused(run, files, refusal) if refusal else _save(run, files, operation_.typed(params))
    except IntegrityError as error:  # the key was used before: a double click, a reload, a form posted again
        return _existing(team, key, fingerprint, error)
    if is_due:
        transaction.on_commit(lambda: publish([run.pk]))
    return run


def _save(run: Run, files: Sequence[NewFile | StoredFile], typed: gates.Typed | None) -> bool:
    """With its files, in one transaction. Whether it may be sent at once: a gate may hold it."""
    gate = gates.gate_for(run, typed)
    run.gate = GateState.WAITING if gate else ""
    with transaction.atomic():
        run.save(force_insert=True)
        keep_inputs(run, files)
        if gate is not None and typed is not None:
            gate.begin(run, typed)
    return gate is None


def _save_refused(run: Run, files: Sequence[NewFile | StoredFile], sentence: str) -> bool:
    """Kept as what it is: something that was asked and not sent. Whoever follows its parent is told."""
    with transaction.atomic():
        run.save(force_insert=True)
        keep_inputs(run, files)
        Run.objects.refuse(run.pk, error_kind="model_access", error={"sentence": sentence, "reached_provider": False})
    run.refresh_from_db()
    publish_follow_up_of(run)
    return False


def free_places(team: Team, person: User | None) -> int:
    """How many more runs this person may have under way here."""
    active = Run.objects.filter(team=team, person=person, status__in=ACTIVE)
    return settings.RUN_MAX_ACTIVE - active.exclude(parent_kind=gates.GATE).count()


def fresh_key() -> str:
    """A new idempotency key for a form: the same form sent twice is one run."""
    return uuid.uuid4().hex


def key_of(posted: str) -> str:
    """The key of a form, or a fresh one for what no form of ours sends: some databases do not take every character."""
    return posted[:MAX_KEY_LENGTH] if posted.isascii() and posted.isprintable() and posted else uuid.uuid4().hex


def stop_run(run: Run) -> bool:
    """End a run and its checks: at once what was not sent, within two seconds what is under way. False if it had ended."""
    stopped = Run.objects.stop(run.pk)
    if stopped:
        transaction.on_commit(lambda: announce([run.pk]))
        publish_follow_up_of(run)
        for check in Run.objects.filter(parent_kind=gates.GATE, parent_id=run.pk, status__in=ACTIVE):
            stop_run(check)
    return stopped


def run_again(run: Run, *, person: User, key: str, is_patient: bool = False) -> Run:
    """The same call once more, as a run of its own, with as much patience or more. Its provider must still be there.

    Raises as `start_run`, and FileGone.
    """
    inputs = copies_of_inputs(run)
    try:
        return start_run(
            team=run.team,
            person=person,
            operation=run.operation,
            provider=run.provider,
            model=run.model,
            model_label=run.model_label,
            params=run.params,
            files=inputs,
            key=key,
            again_of=run,
            patience=longer_patience(run) if is_patient else run.patience,
        )
    finally:
        for each in inputs:
            each.content.close()


def fingerprint_of(
    operation: str,
    provider: Provider,
    model: str,
    params: Mapping[str, Any],
    parent: tuple[str, uuid.UUID] | None,
    files: Sequence[NewFile | StoredFile],
) -> str:
    """What a key stands for: a hash of everything that is asked."""
    digest = hashlib.sha256(orjson.dumps([operation, provider.pk, model, params, parent], option=orjson.OPT_SORT_KEYS, default=str))
    for new in files:
        if isinstance(new, StoredFile):  # no name in the storage is used twice
            digest.update(f"{new.role}\0{new.name}\0{new.stored.name}\0".encode())
            continue
        digest.update(f"{new.role}\0{new.name}\0{new.content.size}\0".encode())
        for chunk in new.content.chunks():
            digest.update(chunk)
        new.content.seek(0)
    return digest.hexdigest()


def _existing(team: Team, key: str, fingerprint: str, otherwise: Exception) -> Run:
    """The run of this key; `otherwise` is raised where there is none."""
    run = Run.objects.filter(team=team, key=key[:MAX_KEY_LENGTH]).first()
    if run is None:
        raise otherwise
    if run.fingerprint != fingerprint:
        raise KeyReused(key)
    return run
