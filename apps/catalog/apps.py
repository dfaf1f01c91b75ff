from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.pages import MorePage


class CatalogConfig(AppConfig):
    name = "apps.catalog"
    label = "catalog"
    verbose_name = _("Models")
    icon = "box"
    group = "manage"
    url_name = "catalog:list"
    key = "m"
    words = _("model list sync prices limits hide rename favourite default tuned test")
    help = _("Every model of every provider: what it is good for and costs, what you used of it, and who may use it.")
    first_step = _("press Sync at a provider, then choose a model to see what it takes.")
    position = 40
    more_pages = (
        MorePage(
            _("Models that leave"),
            "calendar-x",
            "catalog:retirements",
            _("retirement deprecated shutdown sunset replacement switched off"),
            _("Which models their providers switch off, when, what of yours uses them, and what to use instead."),
            place=_("Manage"),
        ),
    )

    def ready(self) -> None:
        from apps.catalog.deleting import Deleting
        from apps.catalog.home import contribution
        from apps.catalog.jump import find_models
        from apps.catalog.operations import AskBoth, DeleteModel, TryModel
        from apps.core import home, jump
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register

        for operation in (TryModel(), AskBoth(), DeleteModel()):
            register(operation)
        register_follow_up(Deleting())
        jump.register("models", _("Models"), 30, find_models)
        home.add_source(contribution)
