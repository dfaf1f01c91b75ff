"""What can be done to providers and their models. Views, set-up and commands go through here."""

import copy
import logging
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, Team
from apps.providers import book, keys
from apps.providers.connections import guess_dialect
from apps.providers.models import DefaultModel, Model, PersonalKey, Provider
from gateway.addresses import origin_of

logger = logging.getLogger(__name__)


def create_provider(
    team: Team | None,
    *,
    name: str,
    base_url: str,
    dialect: str = "",
    key: str = "",
    allow_private: bool = False,
    api_version: str = "",
    takes_personal_keys: bool = False,
    by: Membership | None = None,
) -> Provider:
    """A new provider of the team, or of nobody: then it is offered to all. Without a dialect it is guessed; nothing is called."""
    provider = Provider(team=team, name=name, base_url=base_url, dialect=dialect or guess_dialect(base_url), api_version=api_version)
    provider.private_origin = origin_of(base_url) if allow_private else ""
    provider.takes_personal_keys = takes_personal_keys
    provider.dialect_is_guess = not dialect
    _set_key(provider, key)
    with transaction.atomic():
        provider.save()
        book.note_added(by, provider)
    logger.info("provider %s created, key: %s", provider.pk, "yes" if provider.key else "no")
    return provider


def update_provider(
    provider: Provider,
    *,
    name: str,
    base_url: str,
    dialect: str = "",
    key: str = "",
    allow_private: bool = False,
    api_version: str = "",
    takes_personal_keys: bool | None = None,
    team: Team | Literal["kept"] | None = "kept",
    by: Membership | None = None,
) -> Provider:
    """Change a provider. An empty key keeps the stored one, unless scheme, host or port change: then it is wiped.

    With it go the personal keys that were typed for the old address. `team=None` offers it to all teams.
    404 for one that was deleted meanwhile: no key is stored with it any more.
    """
    with transaction.atomic():
        provider = get_object_or_404(Provider.objects.alive().select_for_update(), pk=provider.pk)
        before = copy.copy(provider)
        origin = origin_of(base_url)
        is_elsewhere = origin != origin_of(provider.base_url)
        if key:
            provider.base_url = base_url
            _set_key(provider, key)
        elif is_elsewhere:
            _wipe_key(provider)
        wiped = PersonalKey.objects.filter(provider=provider).delete()[0] if is_elsewhere else 0
        provider.name, provider.base_url, provider.api_version = name, base_url, api_version
        if not (provider.dialect_is_guess and not dialect and not is_elsewhere):  # else it is what a check-up found
            provider.dialect = dialect or guess_dialect(base_url)
        provider.dialect_is_guess = not dialect
        provider.private_origin = origin if allow_private else ""
        if takes_personal_keys is not None:
            provider.takes_personal_keys = takes_personal_keys
        if team != "kept":
            provider.team = team
        provider.save()
        book.note_changed(by, before, provider, has_new_key=bool(key), personal_keys_wiped=wiped)
    logger.info("provider %s changed, key: %s", provider.pk, "new" if key else "kept" if provider.key else "none")
    return provider


def remove_key(provider: Provider, by: Membership | None = None) -> None:
    """Forget the key of the provider itself. Personal keys stay; answers under way with this one are ended."""
    with transaction.atomic():
        if Provider.objects.filter(pk=provider.pk).exclude(key="").update(key="", key_origin="", key_tail=""):
            book.note_key_removed(by, provider)
    _wipe_key(provider)


def delete_provider(provider: Provider, by: Membership | None = None) -> int:
    """Take it out of use and forget all its keys. The row stays, because old runs say that they went there.

    Gives the number of runs under way: each is ended by the worker that holds it, or refused when its turn comes.
    """
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)  # before the keys, in the order of all who change both
        _wipe_key(provider)
        PersonalKey.objects.filter(provider=provider).delete()
        provider.deleted_at = timezone.now()
        provider.save(update_fields=["key", "key_origin", "key_tail", "deleted_at"])
        DefaultModel.objects.filter(model__provider=provider).delete()
        book.note_deleted(by, provider)
    logger.info("provider %s deleted", provider.pk)
    return runs_under_way(provider)


def runs_under_way(provider: Provider) -> int:
    """Those of all teams that are queued or not over."""
    return int(provider.runs.filter(finished_at=None).count())


def ensure_builtin(team: Team, by: Membership | None = None) -> Provider:
    """The team's provider for the models on this machine; made if there is none. Its key is never in the database."""
    fields = {"name": _("Built-in models"), "base_url": settings.ENGINES_URL, "dialect": "builtin"}
    alive = Provider.objects.alive().filter(team=team, is_builtin=True)
    try:
        with transaction.atomic():
            found = alive.first()
            if found is None:
                found = Provider.objects.create(team=team, is_builtin=True, private_origin=origin_of(settings.ENGINES_URL), **fields)
                book.note_added(by, found)
            return found
    except IntegrityError:  # somebody else made it in the same moment
        return alive.get()


def set_default(team: Team, purpose: str, model: Model) -> DefaultModel:
    """The model that pages of this team start with for this purpose."""
    default, _created = DefaultModel.objects.update_or_create(team=team, purpose=purpose, defaults={"model": model})
    return default


def add_model(provider: Provider, name: str, label: str = "") -> Model:
    """A model typed in by a person, for servers that do not list theirs. A later sync never removes it."""
    model, created = Model.objects.get_or_create(
        provider=provider, name=name, defaults={"label": label, "is_typed": True, "is_listed": False}
    )
    if not created:
        model.is_typed = True
        model.label = label or model.label
        model.save(update_fields=["is_typed", "label"])
    return model


def remove_model(model: Model) -> None:
    """Forget a model that was typed in. One that the server lists as well stays."""
    if model.is_listed:
        Model.objects.filter(pk=model.pk).update(is_typed=False)
    else:
        model.delete()


def _set_key(provider: Provider, key: str) -> None:
    """Bind the key to the address that the provider has now."""
    provider.key = keys.encrypt(key)
    provider.key_origin = origin_of(provider.base_url) if key else ""
    provider.key_tail = keys.tail_of(key)


def _wipe_key(provider: Provider) -> None:
    provider.key = provider.key_origin = provider.key_tail = ""
