"""What can be done to providers and their models. Views, set-up and commands go through here."""

import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Team
from apps.providers import keys
from apps.providers.connections import guess_dialect
from apps.providers.models import DefaultModel, Model, Provider
from gateway.addresses import origin_of

logger = logging.getLogger(__name__)


def create_provider(
    team: Team, *, name: str, base_url: str, dialect: str = "", key: str = "", allow_private: bool = False, api_version: str = ""
) -> Provider:
    """A new provider of the team. Without a dialect it is guessed from the address; nothing is called."""
    provider = Provider(team=team, name=name, base_url=base_url, dialect=dialect or guess_dialect(base_url), api_version=api_version)
    provider.private_origin = origin_of(base_url) if allow_private else ""
    _set_key(provider, key)
    provider.save()
    logger.info("provider %s created, key: %s", provider.pk, "yes" if provider.key else "no")
    return provider


def update_provider(
    provider: Provider, *, name: str, base_url: str, dialect: str = "", key: str = "", allow_private: bool = False, api_version: str = ""
) -> Provider:
    """Change a provider. An empty key keeps the stored one, unless scheme, host or port change: then it is wiped."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=provider.pk)
        origin = origin_of(base_url)
        if key:
            provider.base_url = base_url
            _set_key(provider, key)
        elif origin != origin_of(provider.base_url):
            _wipe_key(provider)
        provider.name, provider.base_url, provider.api_version = name, base_url, api_version
        provider.dialect = dialect or guess_dialect(base_url)
        provider.private_origin = origin if allow_private else ""
        provider.save()
    logger.info("provider %s changed, key: %s", provider.pk, "new" if key else "kept" if provider.key else "none")
    return provider


def delete_provider(provider: Provider) -> None:
    """Take it out of use and forget its key. The row stays, because old runs say that they went there."""
    with transaction.atomic():
        _wipe_key(provider)
        provider.deleted_at = timezone.now()
        provider.save(update_fields=["key", "key_origin", "key_tail", "deleted_at"])
        DefaultModel.objects.filter(model__provider=provider).delete()
    logger.info("provider %s deleted", provider.pk)


def ensure_builtin(team: Team) -> Provider:
    """The team's provider for the models on this machine; made if there is none. Its key is never in the database."""
    fields = {"name": _("Built-in models"), "base_url": settings.ENGINES_URL, "dialect": "builtin"}
    alive = Provider.objects.alive().filter(team=team, is_builtin=True)
    try:
        with transaction.atomic():
            return alive.first() or Provider.objects.create(
                team=team, is_builtin=True, private_origin=origin_of(settings.ENGINES_URL), **fields
            )
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
    """Bind the key to the address that the provider has now. The tail of a short key would be half of it, so it is not kept."""
    provider.key = keys.encrypt(key)
    provider.key_origin = origin_of(provider.base_url) if key else ""
    provider.key_tail = key[-4:] if len(key) >= 12 else ""


def _wipe_key(provider: Provider) -> None:
    provider.key = provider.key_origin = provider.key_tail = ""
