"""What people do: bring rows, add a second model, ask what is nearest, change a wish, try again, stop. Workers do the rest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import rows
from apps.accounts.models import Membership
from apps.core.lists import Brought
from apps.core.storing import fresh_name, remove_folder, store
from apps.providers.choices import ModelChoice
from apps.providers.chosen import Chosen, NoModel
from apps.runs.costs import tokens_in
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Run
from apps.runs.services import KeyReused, stop_run
from apps.similarity.claiming import forget_vectors
from apps.similarity.models import COMPARING, MOST_SIDES, PARENT, Batch, Query, Row, RowSet, Side, digest_of, folder_of

WORKING: Final = Side.State.WORKING
ENDED: Final = (Side.State.READY, Side.State.PARTIAL, Side.State.FAILED)
AT_ONCE: Final = 1_000  # rows in one statement
LONGEST_NAME: Final = 60


class SideThere(Exception):
    """These rows were compared by this model in this size."""

    sentence = gettext_lazy("These rows have this model in this size already. Choose another model, or another size.")


class AllSidesTaken(Exception):
    """The rows are compared with as many models as stand side by side."""

    sentence = gettext_lazy("These rows have two models already. Remove one of them, or compare the rows anew.")


@dataclass(frozen=True, slots=True)
class Bringing:
    """What came with a form: the rows, and the one file that they were read from."""

    brought: Brought
    file: "File[Any] | None" = None
    name: str = ""


def compare(membership: Membership, bringing: Bringing, chosen: Chosen, key: str) -> RowSet:
    """The rows, with a side for the model. The same key is the same set, however often it is posted. Raises NoModel, KeyReused."""
    if chosen.choice is None:
        raise NoModel
    brought = bringing.brought
    fingerprint = _fingerprint(brought.rows, chosen.choice, chosen.parameters)
    row = RowSet(
        team=membership.team,
        person=membership.user,
        name=bringing.name or name_of(brought.rows),
        count=len(brought.rows),
        **_sums(brought.rows),
        source=source_of(bringing),
        key=key,
        fingerprint=fingerprint,
    )
    try:
        _save(membership, row, bringing, chosen.choice, chosen.parameters)
    except IntegrityError:  # a double click, a reload
        found = RowSet.objects.filter(team=membership.team, key=key).first()
        if found is None or found.fingerprint != fingerprint or found.deleted_at is not None:
            raise KeyReused from None
        return found
    return row


def _save(membership: Membership, row: RowSet, bringing: Bringing, choice: ModelChoice, parameters: dict[str, Any]) -> None:
    if bringing.file is not None:
        bringing.file.seek(0)
        store(row.file, fresh_name("brought"), bringing.file)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            put_rows(row, bringing.brought)
            _add_side(membership, row, choice, parameters, 0)
    except BaseException:
        if row.file:
            remove_folder(folder_of(row))
        raise


def put_rows(row: RowSet, brought: Brought) -> None:
    names = brought.names
    made = (
        Row(
            set=row,
            place=place,
            number=number,
            label=names[number - 1][:200] if number <= len(names) else "",
            text=text,
            digest=digest_of(text),
            tokens=tokens_in(text),
        )
        for place, (number, text) in enumerate(brought.rows)
    )
    Row.objects.bulk_create(made, batch_size=AT_ONCE)


def _add_side(membership: Membership, row: RowSet, choice: ModelChoice, parameters: dict[str, Any], position: int) -> Side:
    side = Side.objects.create(
        team=membership.team,
        person=membership.user,
        set=row,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        dimensions=int(parameters.get("dimensions") or 0),
        position=position,
    )
    publish_follow_up(PARENT, side.pk)
    return side


def add_side(membership: Membership, row: RowSet, chosen: Chosen) -> Side:
    """The same rows with a second model, or another size of the same. Clicked twice it is one. Raises NoModel, AllSidesTaken, SideThere."""
    if chosen.choice is None:
        raise NoModel
    choice, size = chosen.choice, int(chosen.parameters.get("dimensions") or 0)
    with transaction.atomic():
        RowSet.objects.select_for_update().get(pk=row.pk)
        there = list(row.sides.all())
        same = [side for side in there if (side.provider_id, side.model, side.dimensions) == (choice.provider.pk, choice.model.name, size)]
        if same and same[0].is_active:  # a double click
            return same[0]
        if same:
            raise SideThere
        if len(there) >= MOST_SIDES:
            raise AllSidesTaken
        free = min({*range(MOST_SIDES)} - {side.position for side in there})
        return _add_side(membership, row, choice, chosen.parameters, free)


def remove_side(side: Side) -> bool:
    """One model of two goes; the last one stays, and so does one at which somebody works."""
    with transaction.atomic():
        RowSet.objects.select_for_update().get(pk=side.set_id)
        others = Side.objects.filter(set=side.set_id).exclude(pk=side.pk)
        if side.is_active or not others.exists() or _is_asking(side):
            return False
        asked = list(side.queries.values_list("digest", flat=True))
        side.delete()
        forget_vectors(side.team_id, asked)
        for other in others:
            other.findings.filter(kind="agreement").delete()
    return True


def _is_asking(side: Side) -> bool:
    return Batch.objects.filter(side=side, run__status__in=ACTIVE).exists()


def ask(membership: Membership, side: Side, text: str) -> Query:
    """What is nearest to a text: its numbers are asked for once and kept. A failed one is tried again."""
    with transaction.atomic():
        query, _made = Query.objects.get_or_create(side=side, digest=digest_of(text), defaults={"text": text, "person": membership.user})
        if query.sentence:
            Query.objects.filter(pk=query.pk).update(sentence="", tries=query.tries + 1)
            query.refresh_from_db()
        publish_follow_up(PARENT, side.pk)
    return query


def wish(side: Side, **wishes: Any) -> None:
    """How many groups, or from which likeness on two rows are almost the same: found anew by a worker."""
    with transaction.atomic():
        row = Side.objects.select_for_update().get(pk=side.pk)
        row.wishes, row.is_wished, row.attempts = {**row.wishes, **wishes}, True, 0
        row.save(update_fields=["wishes", "is_wished", "attempts"])
        publish_follow_up(COMPARING, side.pk)


def try_again(side: Side) -> bool:
    """Ask once more for what has no vector, of the length that the model gives now. Clicked twice it is done once."""
    with transaction.atomic():
        changed = Side.objects.filter(pk=side.pk, state__in=(Side.State.PARTIAL, Side.State.FAILED)).update(
            state=WORKING, sentence="", finished_at=None, tries=side.tries + 1, numbers=0, attempts=0
        )
        if changed:
            Batch.objects.filter(side=side, query=None, is_taken=True).update(failed=[], sentence="")
            side.findings.all().delete()
            publish_follow_up(PARENT, side.pk)
    return bool(changed)


def stop(side: Side) -> None:
    """Nothing more is sent, and what is under way is ended. What came is kept."""
    with transaction.atomic():
        Side.objects.filter(pk=side.pk, state=WORKING).update(sentence=_("Stopped."))
        publish_follow_up(PARENT, side.pk)
    for run in Run.objects.filter(parent_kind=PARENT, parent_id=side.pk, status__in=ACTIVE):
        stop_run(run)


def _sums(found: Sequence[rows.Row]) -> dict[str, int]:
    once = {row.text for row in found}
    return {"different": len(once), "tokens": sum(map(tokens_in, once))}


def source_of(bringing: Bringing) -> dict[str, Any]:
    brought, file = bringing.brought, bringing.file
    told: dict[str, Any] = {"left_out": brought.left_out}
    if file is not None:
        told |= {"file": str(file.name)[:200], "column": brought.column, "columns": [[n, name[:80]] for n, name in brought.columns[:100]]}
    if brought.shape is not None:
        shape = brought.shape
        told["shape"] = {"encoding": shape.encoding, "delimiter": shape.delimiter, "has_header": "1" if shape.has_header else "0"}
    return told


def name_of(found: Sequence[rows.Row]) -> str:
    words = " ".join(found[0].text[:400].split()) if found else ""
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"


def _fingerprint(found: Sequence[rows.Row], choice: ModelChoice, parameters: dict[str, Any]) -> str:
    digest = hashlib.sha256(f"{choice.provider.pk}\0{choice.model.name}\0{parameters.get('dimensions') or 0}\0".encode())
    for number, text in found:
        digest.update(f"{number}\0".encode() + text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
