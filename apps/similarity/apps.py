from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimilarityConfig(AppConfig):
    name = "apps.similarity"
    label = "similarity"
    verbose_name = _("Similarity")
    icon = "waypoints"
    group = "analyse"
    url_name = "similarity:new"
    key = "l"
    words = _("embeddings vectors compare cluster group duplicates nearest map alike meaning search")
    help = _("Find out which texts say the same, which stand alone, and what groups they make.")
    first_step = _("paste some lines or choose a CSV file, and press Compare.")
    position = 10

    def ready(self) -> None:
        from apps.core import holdings, home, jump
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register
        from apps.similarity.asking import SideFollowUp
        from apps.similarity.comparing import Comparing
        from apps.similarity.holdings import SimilarityHolding
        from apps.similarity.home import contribution
        from apps.similarity.jump import find_sets
        from apps.similarity.operations import Embed

        register(Embed())
        register_follow_up(SideFollowUp())
        register_follow_up(Comparing())
        holdings.register(SimilarityHolding())
        jump.register("similarity", _("Similarity"), 32, find_sets)
        home.add_card(
            home.StartCard(_("Compare texts"), _("What says the same, and what stands alone"), "waypoints", "similarity:new", 40, "editor")
        )
        home.add_source(contribution)
