"""Any words at any times become subtitles that a strict parser reads back as they were, two lines at most, one after the other."""

import io
import json
import random
import re
import time
from itertools import pairwise

import pytest
import webvtt

from apps.transcription.subtitles import Cue, Form, Spoken, cues_of
from apps.transcription.subtitles.aligning import TimeMap, places
from apps.transcription.subtitles.cues import AT_LEAST, FLASH
from apps.transcription.subtitles.judging import judged, overlapping, verdict
from apps.transcription.subtitles.letters import clean, cuts, units, width
from apps.transcription.subtitles.plain import paragraphs, write_text
from apps.transcription.subtitles.told import write_json
from apps.transcription.subtitles.writing import clock, escaped, write_srt, write_vtt

WORDS = (
    "the", "kiln", "is", "warm,", "plates.", "a", "Tuesday", "before", "ten?", "&", "<b>", "-->", "WEBVTT", "NOTE", "1", "00:00:01.000",
    "Donaudampfschifffahrtsgesellschaftskapitän", "https://example.org/a/very/long/address?with=a&query=string", "naïve", "e\u0301te\u0301",
    "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "مرحبا", "بالعالم،", "שלום", "日本語の字幕は、空白がないので。", "한국어", "ภาษาไทยไม่มีช่องว่าง", "…", "“quoted”",
    "don't",
    "\r\n", "\u2028", "\x00", "\ud800",
)  # fmt: skip
TIMING = re.compile(r"^(\d{2,}):([0-5]\d):([0-5]\d)([.,])(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\4(\d{3})$")
ENTITIES = re.compile(r"&(amp|lt|gt);")


# --- A strict parser of our own ----------------------------------------------------------------
def read(text: str, kind: str) -> list[tuple[int, int, str, list[str]]]:
    """Start, end, voice and lines of each block; fails at whatever is not exactly as it has to be."""
    assert "\r" not in text and "\x00" not in text and not any(mark in text for mark in "\u2028\u2029\x85\x0b\x0c")
    text.encode("utf-8")
    blocks = text.split("\n\n") if text else []
    if kind == "vtt":
        assert blocks.pop(0).rstrip("\n") == "WEBVTT"
    found = []
    for number, block in enumerate([block for block in blocks if block.strip("\n")], 1):
        lines = block.strip("\n").split("\n")
        if kind == "srt":
            assert lines.pop(0) == str(number)
        match = TIMING.match(lines[0])
        assert match and match[4] == (".,"[kind == "srt"]), lines
        figures = [int(figure) for figure in match.groups() if figure not in ".,"]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (figures[:4], figures[4:]))
        assert 1 <= len(lines[1:]) <= 2 and all(lines[1:]) and not any("-->" in line for line in lines[1:])
        voice = ""
        if kind == "vtt":
            if lines[1].startswith("<v "):
                voice, _close, lines[1] = lines[1][3:].partition(">")
            assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", "".join(lines[1:])), lines
        found.append((start, end, plain(voice), [plain(line) if kind == "vtt" else line for line in lines[1:]]))
    return found


def plain(text: str) -> str:
    return ENTITIES.sub(lambda match: {"amp": "&", "lt": "<", "gt": ">"}[match[1]], text)


def anything(seed: int) -> list[Spoken]:
    """Segments of any words, in any order, overlapping, empty, backwards, without end."""
    chance = random.Random(seed)
    found, now = [], 0.0
    for _segment in range(chance.randrange(1, 25)):
        now = max(0.0, now + chance.choice((-3.0, 0.0, 0.0, 0.01, 0.4, 2.0, 100.0)))
        length = chance.choice((0.0, -1.0, 0.05, 1.0, 4.0, 12.0))
        told = [chance.choice(WORDS) for _word in range(chance.choice((0, 1, 3, 9, 30, 60)))]
        step = length / max(len(told), 1)
        words = [[word, now + step * n, now + step * n + step, chance.random()] for n, word in enumerate(told)]
        changed = [word for word in told if chance.random() > 0.1]
        name = chance.choice(("", "Anna", "A & B <x> --> y\nz", "  "))
        found.append(Spoken(now, now + length, " ".join(changed), name, words if chance.random() > 0.4 else ()))
        now += max(length, 0.0)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_anything_becomes_subtitles_that_can_be_read_back(seed):
    stretches = anything(seed)
    form = Form(random.Random(seed).choice((20, 32, 42, 80)), has_names=seed % 2 == 0)
    cues = cues_of(stretches, form)
    told = read(write_vtt(cues), "vtt")
    assert [(cue.start, cue.end, cue.speaker, list(cue.lines)) for cue in cues] == told
    srt = read(write_srt(cues), "srt")
    assert [(cue.start, cue.end, "", [line.replace("-->", "→") for line in cue.lines]) for cue in cues] == srt
    for before, after in pairwise(cues):
        assert before.start < before.end <= after.start, "no two at once, and none without a time"
        assert before.end - before.start >= FLASH
    assert all(len(cue.lines) <= 2 and all(line == line.strip() and line for line in cue.lines) for cue in cues)


@pytest.mark.parametrize("seed", range(60))
def test_no_letter_is_lost_or_added(seed):
    stretches = anything(seed)
    told: dict[int, str] = {}
    for cue in cues_of(stretches, Form(20 + seed)):
        told[cue.source] = told.get(cue.source, "") + "".join(cue.lines)
    for number, spoken in enumerate(stretches):
        assert told.get(number, "").replace(" ", "") == clean(spoken.text).replace(" ", "")


@pytest.mark.parametrize("seed", range(40))
def test_a_line_is_too_long_only_where_a_word_is(seed):
    form = Form(24 + seed % 30)
    for cue in cues_of(anything(seed), form):
        for line in cue.lines:
            assert width(line) <= form.width or any(unit.width > form.width for unit in units(line))


@pytest.mark.parametrize("kind", ["vtt", "srt"])
@pytest.mark.parametrize("seed", range(20))
def test_another_parser_reads_the_same(seed, kind, tmp_path):
    """`webvtt-py`: it knows no escapes, so its words are compared as they stand in the file."""
    cues = cues_of(anything(seed), Form(42, has_names=True))
    if not cues:
        return
    path = tmp_path / f"subtitles.{kind}"
    path.write_text(write_vtt(cues) if kind == "vtt" else write_srt(cues), encoding="utf-8")
    captions = list(webvtt.read(path) if kind == "vtt" else webvtt.from_srt(path))
    assert [str(caption.start) for caption in captions] == [clock(cue.start, ".") for cue in cues]
    assert [caption.raw_text.split("\n") for caption in captions] == [as_it_stands(cue, kind) for cue in cues]


def as_it_stands(cue: Cue, kind: str) -> list[str]:
    if kind == "srt":
        return [line.replace("-->", "→") for line in cue.lines]
    voice = f"<v {escaped(cue.speaker)}>" if cue.speaker else ""
    return [f"{voice if number == 0 else ''}{escaped(line)}" for number, line in enumerate(cue.lines)]


def test_nothing_is_an_empty_file():
    assert write_vtt([]) == "WEBVTT\n" and write_srt([]) == ""
    assert cues_of([Spoken(0, 1, " \n "), Spoken(1, 2, "")]) == []
    assert list(webvtt.from_buffer(io.StringIO(write_vtt([])))) == []


# --- Times -------------------------------------------------------------------------------------
def test_a_long_one_is_cut_at_the_time_of_its_words():
    text = "So if you could agree a delivery time with us, ideally Tuesday before ten, that would already make it a different experience."
    said = text.split()
    times = [
        [word, 245.0 + n * 0.4 + (5.0 if n >= 14 else 0.0), 245.3 + n * 0.4 + (5.0 if n >= 14 else 0.0), None]
        for n, word in enumerate(said)
    ]
    cues = cues_of([Spoken(245.0, 259.0, text, words=times)], Form(42))
    assert len(cues) == 2 and cues[1].text.startswith("that would already")
    assert (cues[0].start, cues[0].end, cues[1].start) == (245_000, 250_500, 255_600), "the pause belongs to neither"


def test_without_times_of_words_each_has_its_share():
    cues = cues_of([Spoken(0, 10, "aaaa aaaa aaaa aaaa aaaa. bbbb bbbb bbbb bbbb bbbb.")], Form(20))
    assert [cue.text for cue in cues] == ["aaaa aaaa aaaa aaaa aaaa.", "bbbb bbbb bbbb bbbb bbbb."]
    assert abs(cues[1].start - 5000) < 300


def test_a_short_one_stays_as_long_as_there_is_room():
    cues = cues_of([Spoken(0, 0.2, "Yes."), Spoken(0.5, 0.7, "No."), Spoken(9, 9.1, "Well.")])
    assert [(cue.start, cue.end) for cue in cues] == [(0, 500), (500, 500 + AT_LEAST), (9000, 9000 + AT_LEAST)]


def test_two_at_once_come_one_after_the_other_and_it_is_told():
    stretches = [Spoken(0, 4, "Both of us", "A"), Spoken(0, 4, "at the same time", "B"), Spoken(4, 6, "Then I")]
    cues = cues_of(stretches)
    assert [cue.start for cue in cues] == [0, FLASH, 4000] and cues[0].end == FLASH
    assert overlapping(stretches) == {1} and verdict(judged(cues, stretches, Form())).overlaps == 1


def test_what_is_hard_to_read_is_counted():
    stretches = [Spoken(0, 2, "a" * 36), Spoken(2, 4, "b" * 44), Spoken(4, 8, "all is well")]
    told = verdict(judged(cues_of(stretches), stretches, Form()))
    assert (told.cues, told.fast, told.too_fast, told.long) == (3, 1, 1, 1) and told.is_bad
    assert not verdict(judged(cues_of(stretches[2:]), stretches[2:], Form())).is_bad


@pytest.mark.parametrize(("milliseconds", "told"), [(0, "00:00:00.000"), (3_599_999, "00:59:59.999"), (360_000_000, "100:00:00.000")])
def test_times_are_written_with_all_figures(milliseconds, told):
    assert clock(milliseconds, ".") == told


# --- Lines -------------------------------------------------------------------------------------
def test_lines_are_about_as_long_as_each_other_and_end_at_marks():
    (cue,) = cues_of([Spoken(0, 6, "What I did not like was the first delivery, at noon.")], Form(42))
    assert cue.lines == ("What I did not like was", "the first delivery, at noon.")
    (cue,) = cues_of([Spoken(0, 6, "That was easy to change. And what about the colours?")], Form(42))
    assert cue.lines == ("That was easy to change.", "And what about the colours?")


def test_wide_letters_count_two_and_no_line_begins_with_a_full_stop():
    cues = cues_of([Spoken(0, 20, "日本語の字幕は、空白がないので文字ごとに切ります。そして二行に分けられます。" * 3)], Form(20))
    for cue in cues:
        for line in cue.lines:
            assert width(line) <= 20 and line[0] not in "。、" and width("日") == 2


def test_a_letter_of_many_parts_is_never_cut():
    text = "👩‍👩‍👧‍👦" * 30 + " " + "🇩🇪" * 30 + " " + "ก็" * 40
    for place in cuts(text):
        rest = text[place:]
        assert not rest.startswith(("\u200d", "\u0e47")) and text[place - 1] != "\u200d"
        before = text[:place]
        assert (len(before) - len(before.rstrip("🇩🇪"))) % 2 == 0


def test_a_name_stands_in_the_text_of_srt_where_the_speaker_changes():
    stretches = [Spoken(0, 2, "One", "Anna"), Spoken(2, 4, "Two", "Anna"), Spoken(4, 6, "Three", "Ben"), Spoken(6, 8, "Four", "Anna")]
    cues = cues_of(stretches, Form(has_names=True, is_prefixed=True))
    assert [cue.text for cue in cues] == ["Anna: One", "Two", "Ben: Three", "Anna: Four"]
    assert "<v Anna>Two" in write_vtt(cues_of(stretches, Form(has_names=True))) and "Anna" not in write_vtt(cues_of(stretches))


def test_a_prefix_has_its_place_in_the_line():
    cues = cues_of([Spoken(0, 9, "word " * 30, "A speaker with a name")], Form(30, has_names=True, is_prefixed=True))
    assert all(width(line) <= 30 for cue in cues for line in cue.lines) and cues[0].lines[0].startswith("A speaker with a name: ")


# --- Words in their text -----------------------------------------------------------------------
def test_words_are_found_in_a_text_that_was_corrected():
    heard = [[word, n, n + 0.5, None] for n, word in enumerate(["we", "lost", "for", "out", "of", "sixty", "plates"])]
    text = "We lost maybe four out of sixty plates."
    found = places(text, heard)
    assert [text[place[0] : place[1]] if place else None for place in found] == ["We", "lost", None, "out", "of", "sixty", "plates."]
    times = TimeMap(Spoken(0, 8, text, words=heard))
    assert times.begins(text.index("out")) == 3 and times.ends(text.index("out") + 3) == 3.5
    assert 1.5 <= times.begins(text.index("maybe")) < times.begins(text.index("four")) <= 3


@pytest.mark.parametrize("seed", range(30))
def test_times_of_letters_never_go_back(seed):
    for spoken in anything(seed):
        times = TimeMap(spoken)
        told = [times.begins(offset) for offset in range(len(times.text) + 1)]
        assert told == sorted(told) and (not told or (spoken.start <= told[0] and told[-1] <= max(spoken.start, spoken.end)))


# --- Other files -------------------------------------------------------------------------------
def test_text_has_paragraphs_by_turns_and_pauses():
    stretches = [
        Spoken(0, 2, "Hello.", "Anna"),
        Spoken(2, 4, "How are you?", "Anna"),
        Spoken(4, 5, "Well.", "Ben"),
        Spoken(9, 10, "Very.", "Ben"),
    ]
    assert [each.text for each in paragraphs(stretches)] == ["Hello. How are you?", "Well.", "Very."]
    assert write_text(stretches, has_names=True) == "Anna: Hello. How are you?\n\nBen: Well.\n\nBen: Very.\n"
    assert write_text(stretches, has_names=False, has_times=True).startswith("[0:00:00] Hello.")
    assert write_text([Spoken(0, 1, "今日は。"), Spoken(1, 2, "晴れ。")], has_names=True) == "今日は。晴れ。\n"


def test_json_has_what_is_known_and_nothing_else():
    stretches = [Spoken(0, 2.00049, "Hello", "Anna", [["Hello", 0, 1.5, 0.9]]), Spoken(2, 3, "x")]
    told = json.loads(write_json({"name": "N", "language": "", "speakers": []}, stretches, ["Hallo", ""]))
    assert told == {
        "name": "N",
        "segments": [
            {"start": 0, "end": 2.0, "speaker": "Anna", "text": "Hello", "translation": "Hallo",
             "words": [{"word": "Hello", "start": 0, "end": 1.5, "likelihood": 0.9}]},
            {"start": 2, "end": 3, "text": "x"},
        ],
    }  # fmt: skip


def test_three_hours_take_a_moment():
    chance = random.Random(3)
    said = [[chance.choice(WORDS[:9]) for _word in range(chance.randrange(3, 20))] for _segment in range(3000)]
    stretches = [Spoken(4.0 * n, 4.0 * n + 3.8, " ".join(each), "AB"[n % 2], timed(4.0 * n, each)) for n, each in enumerate(said)]
    begun = time.process_time()
    cues = cues_of(stretches, Form(has_names=True))
    assert len(write_vtt(cues)) > 100_000 and isinstance(cues[0], Cue)
    assert time.process_time() - begun < 2.5


def timed(start: float, said: list[str]) -> list[list[object]]:
    return [[word, start + number * 0.15, start + number * 0.15 + 0.1, None] for number, word in enumerate(said)]
