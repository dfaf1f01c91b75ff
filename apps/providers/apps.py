from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _

from apps.core.context import SettingsPage


class ProvidersConfig(AppConfig):
    name = "apps.providers"
    label = "providers"
    verbose_name = _("Providers")
    settings_pages = (
        SettingsPage(
            _("Providers"),
            "plug",
            "providers:list",
            30,
            words=_("servers keys models sync API address"),
            help=_("The servers that answer: their addresses and keys, what works there, and their models."),
        ),
        SettingsPage(
            _("Rules for models"),
            "sliders-horizontal",
            "model_rules:list",
            35,
            words=_("facts prices limits parameters"),
            help=_("What models take and cost, written once for many of them."),
        ),
    )

    def ready(self) -> None:
        from apps.accounts.models import Membership
        from apps.accounts.signals import team_created
        from apps.core import health, holdings, home, jump
        from apps.providers.builtin_report import report_builtin
        from apps.providers.facts import forget_shipped
        from apps.providers.holdings import ProvidersHolding
        from apps.providers.home import contribution
        from apps.providers.jump import find_providers
        from apps.providers.models import ModelFact
        from apps.providers.own_keys import forget_keys_of_leaver
        from apps.providers.receivers import connect_builtin
        from apps.providers.shipped import load_shipped_facts
        from apps.providers.uses import DefaultUses
        from apps.providers.uses import register as register_uses

        jump.register("providers", _("Providers"), 40, find_providers)
        holdings.register(ProvidersHolding())
        home.add_source(contribution)
        register_uses(DefaultUses())
        health.register_part(health.Part("builtin", _("Built-in models"), "box", 50, report_builtin))
        team_created.connect(connect_builtin, dispatch_uid="providers.connect_builtin")
        post_migrate.connect(load_shipped_facts, sender=self, dispatch_uid="providers.shipped_facts")
        post_migrate.connect(forget_shipped, sender=self, dispatch_uid="providers.forget_shipped_facts")
        post_delete.connect(forget_keys_of_leaver, sender=Membership, dispatch_uid="providers.forget_keys_of_leaver")
        for changed in (post_save, post_delete):
            changed.connect(forget_shipped, sender=ModelFact, dispatch_uid=f"providers.forget_shipped_facts.{id(changed)}")
