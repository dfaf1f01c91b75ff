from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.pages import MorePage


class ChatConfig(AppConfig):
    name = "apps.chat"
    label = "chat"
    verbose_name = _("Chat")
    icon = "message-square"
    group = "write"
    url_name = "chat:home"
    key = "c"
    words = _("ask talk conversation message answer")
    help = _("Talk to a model. Every answer is saved, shared in the team and priced.")
    first_step = _("type a question and press Enter.")
    more_pages = (
        MorePage(
            _("Past chats"),
            "history",
            "chat:past",
            _("old conversations"),
            _("Every chat of the team, by the words in it."),
            place=_("Write"),
        ),
        MorePage(
            _("Functions"),
            "wrench",
            "chat:functions",
            _("tools calls"),
            _("What a model may ask for, and who gives the reply."),
            place=_("Write"),
        ),
        MorePage(
            _("Import from ChatGPT"),
            "import",
            "chat:imports",
            _("export move bring conversations history"),
            _("Conversations of ChatGPT become chats of your team."),
            role="editor",
            place=_("Write"),
        ),
    )

    def ready(self) -> None:
        from apps.chat import operations, responding
        from apps.chat.attachment_holdings import AttachmentHolding
        from apps.chat.filling import Filling
        from apps.chat.holdings import ChatHolding
        from apps.chat.home import contribution
        from apps.chat.import_holdings import ImportHolding
        from apps.chat.importing import Importing
        from apps.chat.indexing import Indexing
        from apps.chat.jump import find_chats
        from apps.chat.taking_over import take_picture, take_text
        from apps.chat.uses import ChatUses
        from apps.core import holdings, home, jump
        from apps.core.handing import register_taker
        from apps.providers import uses
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register

        register(operations.ChatReply())
        register(responding.ChatRespond())
        register_follow_up(Indexing())
        register_follow_up(Importing())
        register_follow_up(Filling())
        register_taker("chat", take_text)
        register_taker("chat-picture", take_picture)
        jump.register("chats", _("Chats"), 20, find_chats)
        holdings.register(ChatHolding())
        holdings.register(AttachmentHolding())
        holdings.register(ImportHolding())
        uses.register(ChatUses())
        home.add_card(home.StartCard(_("Chat"), _("Ask something, in a new chat"), "message-square", "chat:home", 10, "editor"))
        home.add_card(home.StartCard(_("Past chats"), _("What you and your team have asked"), "messages-square", "chat:past", 20))
        home.add_source(contribution)
