from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "apps.files"
    label = "files"
    verbose_name = _("Files")
    icon = "folder"
    group = "manage"
    url_name = "files:list"
    key = "f"
    words = _("files upload download jsonl training batch expire storage purpose documents")
    help = _("See all that the team keeps here and at its providers, check it, send it, fetch it and clean up.")
    first_step = _("drop a file into the list, or choose one from your computer.")
    position = 10

    def ready(self) -> None:
        from apps.core import holdings, home, jump
        from apps.files.holdings import FilesHolding
        from apps.files.home import contribution
        from apps.files.jump import find_files
        from apps.files.looking import Looking
        from apps.runs.followups import register_follow_up

        register_follow_up(Looking())
        holdings.register(FilesHolding())
        jump.register("files", _("Files"), 33, find_files)
        home.add_source(contribution)
        from apps.files.following import FileFollowUp
        from apps.files.operations import OPERATIONS
        from apps.files.supplying import FileSupply
        from apps.files.syncing import SyncFollowUp
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register
        from apps.runs.supplies import register_supply

        for operation in OPERATIONS:
            register(operation())
        register_supply(FileSupply())
        register_follow_up(FileFollowUp())
        register_follow_up(SyncFollowUp())
