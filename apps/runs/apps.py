from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "apps.runs"
    label = "runs"
    verbose_name = _("History")
    icon = "history"
    group = "team"
    url_name = "runs:history"
    key = "h"
    words = _("log calls requests receipts")
    help = _("Every call, with what was sent and received, its time and its cost.")
    first_step = _("open a row to see its receipt.")
    position = 10

    def ready(self) -> None:
        from apps.core import health, holdings, home, jump
        from apps.runs.health import report_limits, report_workers
        from apps.runs.holdings import RunsHolding
        from apps.runs.home import contribution
        from apps.runs.jump import find_runs
        from apps.runs.live.publisher import check_queue
        from apps.runs.live.queue import report_queue

        health.register("queue", check_queue)
        health.register_part(health.Part("queue", _("Queue"), "layers", 20, report_queue))
        health.register_part(health.Part("workers", _("Workers"), "cpu", 30, report_workers))
        health.register_part(health.Part("limits", _("Limits"), "gauge", 80, report_limits))
        jump.register("history", _("History"), 90, find_runs)
        holdings.register(RunsHolding())
        home.add_card(home.StartCard(_("History"), _("Every call, with its time and cost"), "history", "runs:history", 60))
        home.add_source(contribution)
