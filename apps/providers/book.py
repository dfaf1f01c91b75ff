"""What the audit page says of providers and their keys. Addresses are told by their origin, keys never."""

from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Membership
from apps.providers.models import Provider
from gateway.addresses import BadAddress, origin_of, without_default_port


def note_added(by: Membership | None, provider: Provider) -> None:
    if by is None:
        return
    record(by, "provider.added", target=provider.name, address=_place(provider))
    if provider.team_id is None:
        record(by, "provider.offered", target=provider.name)
    if provider.key:
        record(by, "key.changed", target=provider.name, whose=whose_key(provider))


def note_changed(by: Membership | None, before: Provider, after: Provider, *, has_new_key: bool, personal_keys_wiped: int) -> None:
    """`before` is the row as it was; nothing is written where nothing changed."""
    if by is None:
        return
    changes = list(_changes(before, after))
    if changes:
        record(by, "provider.changed", target=after.name, changes=changes)
    if after.team_id is None and before.team_id is not None:
        record(by, "provider.offered", target=after.name)
    if has_new_key:
        record(by, "key.changed", target=after.name, whose=whose_key(after))
    elif before.key and not after.key:
        record(by, "key.removed", target=after.name, whose=whose_key(after), because=_("the address changed"))
    if personal_keys_wiped:
        record(
            by, "key.removed", target=after.name, whose=_("own keys of people"), count=personal_keys_wiped, because=_("the address changed")
        )


def note_deleted(by: Membership | None, provider: Provider) -> None:
    if by is not None:
        record(by, "provider.deleted", target=provider.name, address=_place(provider))


def note_key_removed(by: Membership | None, provider: Provider) -> None:
    if by is not None:
        record(by, "key.removed", target=provider.name, whose=whose_key(provider))


def note_own_key(by: Membership, provider: Provider, act: str) -> None:
    """`act`: "key.changed" or "key.removed", of the key of the person who does it."""
    record(by, act, target=provider.name, whose=_("own key"))


def whose_key(provider: Provider) -> str:
    return _("the key of the installation") if provider.team_id is None else _("the team's key")


def _changes(before: Provider, after: Provider) -> list[str]:
    told = [
        (_("Name"), before.name, after.name),
        (_("Address"), _place(before), _place(after)),
        (_("Kind of server"), before.get_dialect_display(), after.get_dialect_display()),
        (_("Version of the API"), before.api_version, after.api_version),
        (_("Own network"), _yes_or_no(bool(before.private_origin)), _yes_or_no(bool(after.private_origin))),
        (_("Own keys of people"), _yes_or_no(before.takes_personal_keys), _yes_or_no(after.takes_personal_keys)),
        (_("Answers by"), before.get_answers_by_display(), after.get_answers_by_display()),
        (_("For all teams"), _yes_or_no(before.team_id is None), _yes_or_no(after.team_id is None)),
    ]
    lines = [f"{name}: {old or _('none')} → {new or _('none')}" for name, old, new in told if old != new]
    # A path may hold what is a secret at some gateways, so it is not told.
    return [*lines, _("Address: what follows the host")] if _path(before) != _path(after) else lines


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def _place(provider: Provider) -> str:
    try:
        return without_default_port(origin_of(provider.base_url))
    except BadAddress:
        return _("not readable")


def _path(provider: Provider) -> str:
    return provider.base_url.partition("://")[2].partition("/")[2]
