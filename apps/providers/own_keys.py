"""People's own keys: one for each person and provider, for the address that it was typed for."""

import uuid
from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import Membership, User
from apps.providers import book, keys
from apps.providers.models import PersonalKey, Provider
from gateway.addresses import origin_of


class AddressChanged(Exception):
    """The provider moved after the page was made on which the key was typed. Nothing was stored."""


class NotAllowed(Exception):
    """Nobody may enter a key of his own here, or not any more."""


def own_key(provider: Provider, person: User) -> PersonalKey | None:
    """The row of this person's key, also while it is not used."""
    return PersonalKey.objects.filter(provider=provider, user=person).first()


def own_keys_of(person: User, providers: Iterable[Provider]) -> dict[uuid.UUID, PersonalKey]:
    """This person's keys for these providers, by the provider. One question to the database."""
    rows = PersonalKey.objects.filter(user=person, provider__in=[provider.pk for provider in providers])
    return {row.provider_id: row for row in rows}


def save_own_key(provider: Provider, key: str, *, origin: str, by: Membership) -> PersonalKey:
    """Enter or replace the key of the person who asks. `origin` is the address that the person saw when typing."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=provider.pk)
        if not provider.takes_personal_keys or provider.deleted_at is not None or provider.is_builtin:
            raise NotAllowed
        if origin != origin_of(provider.base_url):
            raise AddressChanged
        fields = {"key": keys.encrypt(key), "key_origin": origin, "key_tail": keys.tail_of(key)}
        row, _created = PersonalKey.objects.update_or_create(provider=provider, user=by.user, defaults=fields)
        book.note_own_key(by, provider, "key.changed")
    return row


def remove_own_key(provider: Provider, by: Membership) -> bool:
    """Forget it. Answers under way with it are ended. False: there was none."""
    with transaction.atomic():
        removed, _rows = PersonalKey.objects.filter(provider=provider, user=by.user).delete()
        if removed:
            book.note_own_key(by, provider, "key.removed")
    return bool(removed)


def forget_keys_of_leaver(sender: object, instance: Membership, **signal: object) -> None:
    """Who is no member any more leaves no key behind with the providers of that team; who is in no team at all, none anywhere."""
    theirs = PersonalKey.objects.filter(user_id=instance.user_id)
    is_elsewhere = Membership.objects.filter(user_id=instance.user_id).exists()
    (theirs.filter(provider__team_id=instance.team_id) if is_elsewhere else theirs).delete()
