from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from apps.core.context import SettingsPage


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"
    verbose_name = _("Settings")
    icon = "sliders-horizontal"
    group = "team"
    url_name = "accounts:settings"
    position = 90
    key = "s"
    words = _("preferences options")
    help = _("What is yours, and what is the team’s.")
    settings_pages = (
        SettingsPage(
            _("Profile"),
            "user",
            "accounts:profile",
            10,
            parts=("account_change_password", "accounts:sessions"),
            words=_("account name mail address password time zone sessions sign out"),
            help=_("Your name, address and password, and where you are signed in."),
        ),
        SettingsPage(
            _("Look"),
            "palette",
            "accounts:look",
            20,
            words=_("theme dark light density keys motion preferences"),
            help=_("Light or dark, how dense, single keys, and what Enter does."),
        ),
        SettingsPage(
            _("People"),
            "users",
            "accounts:people",
            40,
            words=_("members colleagues roles invite invitation"),
            help=_("Who is in the team and in which role; links that invite more."),
        ),
        SettingsPage(
            _("Team"),
            "building-2",
            "accounts:team",
            50,
            words=_("rename leave switch owner transfer"),
            help=_("Its name, a new team, leaving it, or giving it to somebody else."),
        ),
        SettingsPage(
            _("Audit"),
            "scroll-text",
            "accounts:audit",
            60,
            "admin",
            words=_("log who changed keys roles"),
            help=_("Who changed keys, roles and providers, and who deleted or exported what."),
        ),
        SettingsPage(
            _("Data"),
            "database",
            "accounts:data",
            70,
            "admin",
            words=_("keep retention export delete privacy"),
            help=_("How long things are kept; export or delete all of it."),
        ),
    )

    def ready(self) -> None:
        from apps.accounts.audit import watch_passwords
        from apps.accounts.browsers import note_sign_in
        from apps.accounts.holdings import AccountsHolding
        from apps.accounts.home import contribution
        from apps.accounts.jump import find_people
        from apps.core import holdings, home, jump

        jump.register("people", _("People"), 50, find_people)
        holdings.register(AccountsHolding())
        home.add_source(contribution)
        user_logged_in.connect(note_sign_in)
        watch_passwords()
