from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.context import SettingsPage


class ModerationConfig(AppConfig):
    name = "apps.moderation"
    label = "moderation"
    verbose_name = _("Safety check")
    icon = "shield-check"
    group = "analyse"
    url_name = "moderation:new"
    key = "y"
    words = _("moderation safety harmful abuse hate violence flagged toxic policy")
    help = _("See what a text or picture would be flagged for: one, many lines, or a column of a table.")
    first_step = _("type or paste a text, or choose a file, and press Check.")
    position = 20
    settings_pages = (
        SettingsPage(
            _("Check before sending"),
            "shield-check",
            "before_sending:rules",
            65,
            "admin",
            words=_("safety moderation gate stop warn policy"),
            help=_("Whether chats and pictures are checked before they are sent, and what happens then."),
        ),
    )

    def ready(self) -> None:
        from apps.core import handing, holdings, home, jump
        from apps.moderation.gate import Deciding, SafetyGate
        from apps.moderation.holdings import ModerationHolding
        from apps.moderation.home import contribution
        from apps.moderation.judging import JudgingFollowUp
        from apps.moderation.jump import find_checks
        from apps.moderation.operations import SafetyCheck
        from apps.moderation.taking_over import take_picture, take_texts
        from apps.moderation.uses import GateUses
        from apps.providers import uses
        from apps.runs.followups import register_follow_up
        from apps.runs.gates import register_gate
        from apps.runs.registry import register

        register(SafetyCheck())
        register_gate(SafetyGate())
        register_follow_up(JudgingFollowUp())
        register_follow_up(Deciding())
        handing.register_taker("safety", take_texts)
        handing.register_taker("safety-picture", take_picture)
        holdings.register(ModerationHolding())
        uses.register(GateUses())
        jump.register("checks", _("Safety checks"), 32, find_checks)
        home.add_card(
            home.StartCard(_("Check a text for safety"), _("One, or a whole list"), "shield-check", "moderation:new", 44, "editor")
        )
        home.add_source(contribution)
