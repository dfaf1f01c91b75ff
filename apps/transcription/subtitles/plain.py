"""What was said as running text: a paragraph for each turn of a speaker, or where somebody pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from apps.transcription.subtitles.letters import clean, is_unspaced
from apps.transcription.subtitles.spoken import Spoken

A_PAUSE: Final = 2.0  # seconds of silence that begin a paragraph
LONG: Final = 500  # letters after which one ends with the next sentence
ENDS: Final = frozenset(".!?…。！？")


@dataclass(frozen=True, slots=True)
class Paragraph:
    start: float
    speaker: str
    text: str


def paragraphs(stretches: Iterable[Spoken]) -> list[Paragraph]:
    found: list[Paragraph] = []
    parts: list[str] = []
    last: Spoken | None = None
    for spoken in stretches:
        text = clean(spoken.text)
        if not text:
            continue
        if last is None or _begins(last, spoken, sum(map(len, parts)), parts[-1]):
            parts = [text]
            found.append(Paragraph(spoken.start, spoken.speaker, text))
        else:
            parts.append(text)
            found[-1] = Paragraph(found[-1].start, found[-1].speaker, joined(found[-1].text, text))
        last = spoken
    return found


def _begins(last: Spoken, spoken: Spoken, length: int, before: str) -> bool:
    if spoken.speaker != last.speaker:
        return True
    return spoken.start - last.end > A_PAUSE or (length > LONG and before[-1:] in ENDS)


def joined(first: str, second: str) -> str:
    """Two texts as one, with a blank between them where their writing has blanks."""
    if not first or not second:
        return first or second
    return f"{first}{'' if is_unspaced(first[-1]) or is_unspaced(second[0]) else ' '}{second}"


def write_text(stretches: Iterable[Spoken], *, has_names: bool, has_times: bool = False) -> str:
    return "".join(f"{_told(paragraph, has_names, has_times)}\n\n" for paragraph in paragraphs(stretches)).rstrip("\n") + "\n"


def _told(paragraph: Paragraph, has_names: bool, has_times: bool) -> str:
    whole = int(paragraph.start)
    time = f"[{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}] " if has_times else ""
    name = f"{clean(paragraph.speaker)}: " if has_names and paragraph.speaker else ""
    return f"{time}{name}{paragraph.text}"
