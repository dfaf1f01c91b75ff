from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.pages import MorePage


class CompletionsConfig(AppConfig):
    name = "apps.completions"
    label = "completions"
    verbose_name = _("Plain text")
    icon = "text-cursor-input"
    url_name = "completions:new"
    # No entry of its own in the navigation: few servers still have it, and none of OpenAI's models.
    more_pages = (
        MorePage(
            _("Plain text"),
            "text-cursor-input",
            "completions:new",
            _("text completion completions legacy prompt base model continue write on"),
            _("Have a text continued as it stands, without messages, by a server that still does this."),
            place=_("Write"),
        ),
    )

    def ready(self) -> None:
        from apps.completions.operations import ContinueText
        from apps.runs.registry import register

        register(ContinueText())
