"""The languages that are spoken in recordings, by their ISO 639-1 codes (Whisper's 639-3 where there is none), in words."""

from typing import Any, Final

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

CODES: Final = (
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et",
    "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi", "hr", "ht", "hu", "hy", "id", "is", "it", "ja", "jw", "ka",
    "kk", "km", "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl",
    "nn", "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk", "sl", "sn", "so", "sq", "sr", "su", "sv", "sw",
    "ta", "te", "tg", "th", "tk", "tl", "tr", "tt", "uk", "ur", "uz", "vi", "yi", "yo", "yue", "zh",
)  # fmt: skip
# Those that Django has no name for.
OTHERS: Final = {
    "am": _("Amharic"), "as": _("Assamese"), "ba": _("Bashkir"), "bo": _("Tibetan"), "fo": _("Faroese"), "gu": _("Gujarati"),
    "ha": _("Hausa"), "haw": _("Hawaiian"), "ht": _("Haitian Creole"), "jw": _("Javanese"), "la": _("Latin"), "ln": _("Lingala"),
    "lo": _("Lao"), "mg": _("Malagasy"), "mi": _("Maori"), "mt": _("Maltese"), "no": _("Norwegian"), "oc": _("Occitan"),
    "ps": _("Pashto"), "sa": _("Sanskrit"), "sd": _("Sindhi"), "si": _("Sinhala"), "sn": _("Shona"), "so": _("Somali"),
    "su": _("Sundanese"), "tl": _("Tagalog"), "uz": _("Uzbek"), "yi": _("Yiddish"), "yo": _("Yoruba"), "yue": _("Cantonese"),
    "zh": _("Chinese"),
}  # fmt: skip


def language_word(code: Any) -> Any:
    """A language by its code, or the code where nobody knows it."""
    known = LANG_INFO.get(str(code), {})
    return OTHERS.get(str(code)) or (_(known["name"]) if "name" in known else str(code))


LANGUAGES: Final = tuple((code, language_word(code)) for code in CODES)
