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
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register
        from apps.similarity.asking import SideFollowUp
        from apps.similarity.comparing import Comparing
        from apps.similarity.operations import Embed

        register(Embed())
        register_follow_up(SideFollowUp())
        register_follow_up(Comparing())
