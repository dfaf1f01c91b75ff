from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpeechConfig(AppConfig):
    name = "apps.speech"
    label = "speech"
    verbose_name = _("Speech")
    icon = "volume-2"
    group = "create"
    url_name = "speech:new"
    key = "v"
    words = _("text to speech tts voice read aloud audio narration mp3")
    help = _("Have a text spoken in one voice or several, and download the sound.")
    first_step = _("type a text, choose a voice and press Speak.")
    position = 30

    def ready(self) -> None:
        from apps.core import holdings, home, jump
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register
        from apps.speech.holdings import SpeechHolding
        from apps.speech.home import contribution
        from apps.speech.jump import find_speeches
        from apps.speech.operations import Speak
        from apps.speech.taking import Joining, TakeFollowUp

        register(Speak())
        register_follow_up(TakeFollowUp())
        register_follow_up(Joining())
        holdings.register(SpeechHolding())
        jump.register("speeches", _("Speech"), 28, find_speeches)
        home.add_card(home.StartCard(_("Have a text read"), _("In up to four voices"), "volume-2", "speech:new", 36, "editor"))
        home.add_source(contribution)
