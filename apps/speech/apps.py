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
