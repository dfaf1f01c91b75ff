"""The models of these tests: the loopback provider does what their names say."""

from tests.loopback.embedding_models import PICKY, SIZED, WORDS
from tests.loopback.embedding_models import SLOW as SLOW_READING
from tests.loopback.picture_models import BLOCKED, LEGACY, PLAIN, SLOW
from tests.loopback.safety_models import KEYLESS, OMNI, OWN, TEXT_ONLY
from tests.loopback.sound_models import DIARIZE, MANNERED, TTS, TTS_NOTHING, TTS_SLOW, WHISPER

SLOW_PICTURE = f"{SLOW}-delay6000"
PICTURE_MODELS = [PLAIN, LEGACY, BLOCKED, SLOW_PICTURE]
SLOW_VOICE = f"{TTS_SLOW}-delay6000"
SPEAKING_MODELS = [TTS, MANNERED, TTS_NOTHING, SLOW_VOICE]
HEARING_MODELS = [WHISPER, DIARIZE]
SLOW_CHECK = "omni-moderation-words-slow-delay6000"
CHECKING_MODELS = [OMNI, TEXT_ONLY, OWN, KEYLESS, SLOW_CHECK]
READING_MODELS = [WORDS, SIZED, PICKY, SLOW_READING]
STEADY = "steady-rate50-tokens60"  # 1.2 s
NOTED = "steady-rate50-tokens20"  # what a scene writes about this one changes no other test
LONG = "steady-rate30-tokens120"  # 4 s, time enough to do something in its middle
LATE = "steady-delay6000-tokens5"  # nothing for 6 s
SLOW_HOSTILE, HOSTILE = "hostile-rate150", "hostile-rate400"
MARKDOWN = "markdown-rate400"
SLOW_MARKDOWN = "markdown-rate40"
RTL = "rtl-rate400"
THINKING = "thinking-rate100"
BREAKS_ONCE, TOO_LONG = "breaks-once-rate100", "too-long"
SLOWED, NO_CREDIT, DECLINED = "429-storm-wait30", "quota", "policy"
EMPTY, REFUSED, CUT = "empty", "401", "reset-middle-rate100"
TOOLS, FIELDS, UNFIT, CITING, LIKELY = "tools-times2", "fields", "fields-wrong", "citations", "likelihoods"
LONG_NAME = "steady-rate100-tokens40-delay".ljust(58, "0") + "20"

WRITING = [
    STEADY,
    LONG,
    LATE,
    SLOW_HOSTILE,
    HOSTILE,
    MARKDOWN,
    SLOW_MARKDOWN,
    RTL,
    THINKING,
    EMPTY,
    REFUSED,
    CUT,
    LONG_NAME,
    NOTED,
    TOOLS,
    FIELDS,
    UNFIT,
    CITING,
    LIKELY,
    BREAKS_ONCE,
    TOO_LONG,
    SLOWED,
    NO_CREDIT,
    DECLINED,
]
MODELS = [*WRITING, *PICTURE_MODELS, *SPEAKING_MODELS, *HEARING_MODELS, *CHECKING_MODELS, *READING_MODELS]
