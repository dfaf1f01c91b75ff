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
        from apps.core import holdings, home, jump
        from apps.runs.followups import register_follow_up
        from apps.runs.registry import register
        from apps.transcription.holdings import TranscriptionHolding
        from apps.transcription.home import contribution
        from apps.transcription.jump import find_transcripts
        from apps.transcription.lines import TranslateText
        from apps.transcription.operations import Transcribe, TranslateSound
        from apps.transcription.preparing import Preparing
        from apps.transcription.taking import Cutting, TranscriptFollowUp
        from apps.transcription.translating import TranslationFollowUp

        for operation in (Transcribe(), TranslateSound(), TranslateText()):
            register(operation)
        for follow_up in (Preparing(), Cutting(), TranscriptFollowUp(), TranslationFollowUp()):
            register_follow_up(follow_up)
        jump.register("transcripts", _("Transcripts"), 26, find_transcripts)
        holdings.register(TranscriptionHolding())
        home.add_card(home.StartCard(_("Transcribe"), _("From a recording to a text"), "audio-lines", "transcription:new", 34, "editor"))
        home.add_source(contribution)
