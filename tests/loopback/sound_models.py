"""The models of the loopback provider that hear and speak: each does what its name says. `tests.loopback.sounds` has the table.

They begin like OpenAI's, so that the shipped table of facts knows what they take; then comes `tones`, the language that they
hear and speak (`tests.loopback.tones`), and a behaviour. Every behaviour goes with every family. Options stand behind the name
as for chat: `whisper-tones-slow-delay500`, `whisper-tones-limited-kb200`, `whisper-tones-fails-word100`.
"""

WHISPER, FOUR_O, DIARIZE, NEWEST = "whisper-tones", "gpt-4o-transcribe-tones", "gpt-4o-transcribe-diarize-tones", "gpt-transcribe-tones"
SLOW, LIMITED, FAILING, BUSY = "whisper-tones-slow", "whisper-tones-limited", "whisper-tones-fails", "whisper-tones-busy"
PLAIN_TEXT, NOTHING, PAGE, CUT = "whisper-tones-text", "whisper-tones-nothing", "whisper-tones-page", "gpt-4o-transcribe-tones-cut"
GATEWAY, KEYLESS, NO_CREDIT, RESET = "whisper-tones-gateway", "whisper-tones-key", "whisper-tones-quota", "whisper-tones-reset"
REFUSING, FOREIGN, ODD, STALLED = "whisper-tones-refuses", "whisper-tones-foreign", "whisper-tones-odd", "gpt-4o-transcribe-tones-stall"
SEGMENTED, CHATTING, IN_ONE = "gpt-transcribe-tones-segments", "gpt-transcribe-tones-chunks", "gpt-transcribe-tones-whole"
HEARING_MODELS = (
    *(WHISPER, FOUR_O, DIARIZE, NEWEST, SLOW, LIMITED, FAILING, BUSY, PLAIN_TEXT, NOTHING, PAGE, CUT),
    *(GATEWAY, KEYLESS, NO_CREDIT, RESET, REFUSING, FOREIGN, ODD, STALLED, SEGMENTED, CHATTING, IN_ONE),
)

TTS, MANNERED = "tts-1-tones", "gpt-4o-mini-tts-tones"
TTS_SLOW, TTS_FAILING, TTS_BUSY = "tts-1-tones-slow", "tts-1-tones-fails", "tts-1-tones-busy"
TTS_TEXT, TTS_NOTHING, TTS_PAGE = "tts-1-tones-text", "tts-1-tones-nothing", "tts-1-tones-page"
TTS_CUT, TTS_GATEWAY, TTS_WRONG, TTS_REFUSING = "tts-1-tones-cut", "tts-1-tones-gateway", "tts-1-tones-wrong", "tts-1-tones-refuses"
SPEAKING_MODELS = (
    *(TTS, MANNERED, TTS_SLOW, TTS_FAILING, TTS_BUSY, TTS_TEXT, TTS_NOTHING, TTS_PAGE),
    *(TTS_CUT, TTS_GATEWAY, TTS_WRONG, TTS_REFUSING),
)

SOUND_MODELS = (*HEARING_MODELS, *SPEAKING_MODELS)
