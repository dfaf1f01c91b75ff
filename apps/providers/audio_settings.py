"""The settings for hearing and speaking, as data: words, controls, and the widest bounds that the API knows.

What a model really takes and in which bounds is in its facts; `parameters` brings both together.
"""

from typing import Final

from django.utils.translation import gettext_lazy

from apps.providers.languages import LANGUAGES, language_word
from apps.providers.text_settings import Setting

LONGEST_PROMPT: Final = 2_000
LONGEST_MANNER: Final = 4_096
MOST_KEYWORDS: Final = 100

SPELL_RIGHT: Final = gettext_lazy("Words to spell right")

TRANSCRIPTION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "language",
        gettext_lazy("Language"),
        "select",
        choices=LANGUAGES,
        word_for=language_word,
        unset=gettext_lazy("Found by itself"),
    ),
    Setting(
        "speakers",
        gettext_lazy("Tell speakers apart"),
        "switch",
        help=gettext_lazy("Each part of the text says who is speaking."),
        choices=(("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))),
        default="yes",
        tech="diarized_json",
    ),
    Setting(
        "timestamp_granularities",
        gettext_lazy("Exact times"),
        "choice",
        help=gettext_lazy("For each word takes a little longer."),
        choices=(("segment", gettext_lazy("For each segment")), ("word", gettext_lazy("For each word"))),
    ),
    Setting(
        "keywords",
        SPELL_RIGHT,
        "words",
        help=gettext_lazy("Names and special words that are said in the recording."),
        max=MOST_KEYWORDS,
        without="<>",
    ),
    Setting(
        "prompt",
        SPELL_RIGHT,
        "text",
        help=gettext_lazy("Names and special words that are said in the recording, or a sentence in the style you want."),
        max=LONGEST_PROMPT,
        beside=("keywords", gettext_lazy("What it is about"), gettext_lazy("A sentence or two about the recording, in its language.")),
    ),
    Setting(
        "temperature",
        gettext_lazy("Creativity"),
        "slider",
        "more",
        gettext_lazy("Low: what was most likely said. High: more guesses where it is hard to hear."),
        (gettext_lazy("Careful"), gettext_lazy("Guessing")),
        0,
        1,
        0.1,
        default=0,
    ),
)

SPEECH_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "instructions",
        gettext_lazy("Manner"),
        "text",
        help=gettext_lazy("How it is to be spoken, for example “Calm, like a guide in a museum”."),
        max=LONGEST_MANNER,
    ),
    Setting(
        "speed",
        gettext_lazy("Speed"),
        "slider",
        ends=(gettext_lazy("Slow"), gettext_lazy("Fast")),
        min=0.25,
        max=4,
        step=0.05,
        shown_min=0.5,
        shown_max=2,
        default=1,
    ),
    Setting(
        "response_format",
        gettext_lazy("File type"),
        "choice",
        choices=(
            ("mp3", "MP3"),
            ("opus", "Opus"),
            ("aac", "AAC"),
            ("flac", "FLAC"),
            ("wav", "WAV"),
            ("pcm", "PCM"),
        ),
        help=gettext_lazy("MP3 plays everywhere. FLAC and WAV leave nothing out and are large."),
    ),
)
