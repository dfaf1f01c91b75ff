from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "apps.providers"
    label = "providers"
    verbose_name = _("Providers")
    icon = "plug"
    group = "team"
    url_name = "providers:list"

    def ready(self) -> None:
        from apps.providers.shipped import load_shipped_facts

        post_migrate.connect(load_shipped_facts, sender=self, dispatch_uid="providers.shipped_facts")
