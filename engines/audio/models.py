"""The model that hears and the model that speaks."""

from engines.studio_model import About

WHISPER = About(
    "whisper-tiny.en",
    "Whisper tiny.en, 39 million parameters: hears English only, and names, numbers and noisy recordings often wrong. Tells no speakers",
    frozenset({"audio/transcriptions"}),
    ("numpy", "av", "ctranslate2", "faster_whisper", "onnxruntime", "tokenizers", "python_multipart"),
    ("transcription",),
    "engines.audio.hearing.child",
    longest=1800.0,
)
HIBARI = About(
    "hibari-tts",
    'Hibari, 8 million parameters: reads English only, in one voice, "heart", whichever is asked for; takes no instructions',
    frozenset({"audio/speech"}),
    ("numpy", "av", "hibari", "onnxruntime"),
    (),
    "engines.audio.speaking.child",
)
