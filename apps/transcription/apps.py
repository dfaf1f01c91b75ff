from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranscriptionConfig(AppConfig):
    name = "apps.transcription"
    label = "transcription"
    verbose_name = _("Transcribe")
    icon = "audio-lines"
    group = "create"
    url_name = "transcription:new"
    key = "a"
    words = _("speech to text stt recording microphone subtitles captions srt vtt minutes interview whisper")
    help = _("Turn a recording into text that you can correct, search and publish as subtitles.")
    first_step = _("upload a recording or record one, and press Transcribe.")
    position = 20

    def ready(self) -> None:
        from apps.runs.followups import register_follow_up
        from apps.transcription.preparing import Preparing

        register_follow_up(Preparing())
