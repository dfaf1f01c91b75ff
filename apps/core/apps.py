from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.context import SettingsPage
from apps.core.pages import MorePage


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = _("Home")
    icon = "house"
    group = "start"
    url_name = "home"
    words = _("start overview dashboard continue month spend attention")
    help = _("Where to begin, what to go on with, what this month cost, and what needs attention.")
    settings_pages = (
        SettingsPage(
            _("Health"),
            "activity",
            "health",
            80,
            "admin",
            words=_("status database queue storage worker version limits"),
            help=_("Whether every part of this server works, and with what limits."),
        ),
    )
    more_pages = (
        MorePage(_("Help"), "circle-question-mark", "help", _("guide manual support ask")),
        MorePage(_("Keys"), "keyboard", "help_keys", _("keyboard shortcuts"), _("What a single key does."), place=_("Help")),
        MorePage(
            _("Words"),
            "book-open",
            "help_words",
            _("glossary terms API"),
            _("Our words, and what the API calls the same thing."),
            place=_("Help"),
        ),
        MorePage(
            _("When a call fails"),
            "triangle-alert",
            "help_failures",
            _("error billing credit quota certificate TLS key time-out"),
            _("What to do about the key, credit, a certificate, limits and long waits."),
            place=_("Help"),
        ),
    )

    def ready(self) -> None:
        from apps.core import health, health_reports, jump

        health.register("database", health.check_database)
        health.register_part(health.Part("database", _("Database"), "database", 10, health_reports.report_database))
        health.register_part(health.Part("storage", _("Files"), "hard-drive", 40, health_reports.report_storage))
        health.register_part(health.Part("versions", _("Versions"), "package", 70, health_reports.report_versions))
        jump.register("pages", _("Pages"), 10, jump.find_pages)
