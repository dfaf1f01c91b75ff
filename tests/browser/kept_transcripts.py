"""Transcripts for tests in a browser, put into the database of the product: `python -m tests.browser.kept_transcripts`, told by JSON.

A wish: `kind` ("full": words, speakers, doubts; "plain": text and guessed times; "long": three hours; "hard": subtitles that nobody
can read), and whether it has a translation. The answer is the address of its page.
"""

import json
import os
import sys
from typing import Any

from tests.product import Product


class Kept:
    """What was put there."""

    def __init__(self, product: Product) -> None:
        self.product = product

    def keep(self, kind: str = "full", *, translated: bool = False) -> str:
        told = self.product.run_python("-m", "tests.browser.kept_transcripts", stdin=json.dumps({"kind": kind, "translated": translated}))
        return str(json.loads(told.splitlines()[-1]))


def keep(wish: dict[str, Any]) -> str:
    from apps.accounts.models import Membership
    from apps.providers.models import Provider
    from apps.transcription.models import Transcript
    from apps.transcription.tests import rows

    owner = Membership.objects.filter(role="owner").first()
    provider = Provider.objects.filter(name="Loopback").first()
    assert owner is not None and provider is not None
    makers: dict[str, Any] = {"full": _full, "plain": _plain, "long": _long, "hard": _hard}
    row: Transcript = makers[wish["kind"]](rows, owner, provider)
    if wish["translated"]:
        rows.keep_translation(row, owner)
    return f"/transcribe/{row.pk}/"


def _full(rows: Any, owner: Any, provider: Any) -> Any:
    names = {"A": "Interviewer", "B": "Café owner"}
    recording = rows.keep_recording(owner, sound=rows.tone(40))
    row = rows.keep_transcript(
        owner, provider, recording=recording, has_likelihoods=True, speakers=names, model="gpt-4o-transcribe-diarize"
    )
    segment = row.segments.all()[2]
    segment.words[6][3] = 0.31
    segment.save()
    return row


def _plain(rows: Any, owner: Any, provider: Any) -> Any:
    spoken = [(start, end, "", text) for start, end, _label, text in rows.CAFE]
    recording = rows.keep_recording(
        owner, sound=rows.tone(40), name="A very long name of a recording that nobody would want to read to its end twice.m4a"
    )
    return rows.keep_transcript(owner, provider, spoken, with_words=False, recording=recording, is_guessed=True, language="")


def _long(rows: Any, owner: Any, provider: Any) -> Any:
    spoken = [
        (3.6 * n, 3.6 * n + 3.4, "AB"[n // 3 % 2], f"This is what was said as number {n}, about plates and the delivery.")
        for n in range(3000)
    ]
    recording = rows.keep_recording(owner, seconds=10_800.0, name="Three hours.mp3")
    return rows.keep_transcript(owner, provider, spoken, recording=recording)


def _hard(rows: Any, owner: Any, provider: Any) -> Any:
    spoken = [
        (0.0, 1.5, "A", "So many words were said in so very short a time that nobody at all can read them."),
        (1.0, 5.0, "B", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & <b>more</b> --> of it."),
        (5.2, 12.0, "A", "مرحبا بالعالم، هذا نص طويل باللغة العربية من أجل الترجمة النصية على الشاشة."),
        (12.5, 20.0, "B", "日本語の字幕は、空白がないので文字ごとに切ります。そして二行に分けられますが、句読点は行の先頭に来ません。"),
    ]  # fmt: skip
    return rows.keep_transcript(owner, provider, spoken, recording=rows.keep_recording(owner, sound=rows.tone(22)))


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    sys.stdout.write(json.dumps(keep(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
