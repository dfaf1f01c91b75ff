from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "apps.chat"
    label = "chat"
    verbose_name = _("Chat")
    icon = "message-square"
    group = "write"
    url_name = "chat:home"

    def ready(self) -> None:
        from apps.chat import operations
        from apps.runs.registry import register

        register(operations.ChatReply())
