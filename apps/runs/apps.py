from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "apps.runs"
    label = "runs"
    verbose_name = _("History")
    icon = "history"
    group = "team"
    url_name = "runs:history"
    position = 10

    def ready(self) -> None:
        from apps.core import health
        from apps.runs.live.publisher import check_queue

        health.register("queue", check_queue)
