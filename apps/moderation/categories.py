"""The categories in plain words, and what the models of this machine know of them."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# In the order of the API's own list: first what most texts are flagged for.
WORDS: Final[dict[str, Any]] = {
    "harassment": gettext_lazy("Harassment"),
    "harassment/threatening": gettext_lazy("Harassment with threats"),
    "hate": gettext_lazy("Hate"),
    "hate/threatening": gettext_lazy("Hate with threats"),
    "self-harm": gettext_lazy("Self-harm"),
    "self-harm/intent": gettext_lazy("Self-harm intent"),
    "self-harm/instructions": gettext_lazy("Self-harm instructions"),
    "sexual": gettext_lazy("Sexual"),
    "sexual/minors": gettext_lazy("Sexual with minors"),
    "violence": gettext_lazy("Violence"),
    "violence/graphic": gettext_lazy("Graphic violence"),
    "illicit": gettext_lazy("Illegal acts"),
    "illicit/violent": gettext_lazy("Illegal acts with violence"),
}
LONGEST: Final = 100
INPUTS: Final = {"text": gettext_lazy("the text"), "image": gettext_lazy("the picture")}


def words_for(name: str) -> str:
    """Ours; for a category that only one server has, its own name."""
    return str(WORDS.get(name, name))


def is_known(name: str) -> bool:
    return name in WORDS


def in_words(names: list[str]) -> str:
    """For a sentence: "harassment, violence"."""
    return ", ".join(words_for(name).lower() if is_known(name) else name for name in names)


def verdict_of(flagged: list[str], *, is_flagged: bool = False) -> str:
    """The line of a verdict. Some servers flag without saying for what."""
    if flagged:
        return _("Flagged: %(names)s") % {"names": in_words(flagged)}
    return _("Flagged") if is_flagged else _("Nothing flagged")
