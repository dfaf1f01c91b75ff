"""Where a recording is cut, and that nothing is lost or doubled by it."""

import itertools
import random

import pytest

import sound
from sound.tests.made import FIRST, beginnings, bursts, file_of, near, video


def test_one_that_fits_stays_whole():
    assert sound.plan_spans(100.0, [], longest=100.0) == [(0.0, 100.0)]


def test_it_cuts_in_the_middle_of_pauses():
    pauses = [(number * 10.0, number * 10.0 + 1.0) for number in range(12)]
    spans = sound.plan_spans(120.0, pauses, longest=50.0)
    assert len(spans) == 3
    assert all((end - 0.5) % 10 == 0 for _start, end in spans[:-1])


def test_without_pauses_it_cuts_into_equal_parts():
    assert sound.plan_spans(90.0, [], longest=40.0) == [(0.0, 30.0), (30.0, 60.0), (60.0, 90.0)]


@pytest.mark.parametrize("seed", range(200))
def test_parts_cover_all_and_none_is_too_long(seed):
    chance = random.Random(seed)
    seconds, longest = chance.uniform(1, 4000), chance.uniform(12, 1500)
    pauses = sorted((at, at + chance.uniform(0.3, 3)) for at in (chance.uniform(0, seconds) for _pause in range(chance.randrange(300))))
    spans = sound.plan_spans(seconds, pauses, longest=longest)
    assert spans[0][0] == 0 and spans[-1][1] == seconds
    assert all(end == start for (_first, end), (start, _last) in itertools.pairwise(spans))
    assert all(0 < end - start <= longest + 1e-6 for start, end in spans)
    assert len(spans) == 1 or min(end - start for start, end in spans) >= min(5, longest / 10) - 1e-6


@pytest.mark.parametrize("format", ["mp3", "opus", "flac"])
def test_every_part_has_its_own_sound_at_its_own_time(tmp_path, format):
    source = file_of(tmp_path / "a", bursts(30), format)
    spans = [(0.0, 19.7), (19.7, 40.03), (40.03, 60.0)]
    targets = [tmp_path / f"{number}.mp3" for number in range(3)]
    sound.cut(source, spans, targets)
    found = [start + at for (start, _end), target in zip(spans, targets, strict=True) for at in beginnings(target)]
    assert near(found, [FIRST + 2 * number for number in range(30)], 0.03)


def test_a_part_of_a_video_is_cut_where_it_is_seen(tmp_path):
    source = video(tmp_path / "a.mp4", bursts(5), late=1.0)
    sound.cut(source, [(0.0, 6.0), (6.0, 11.0)], [tmp_path / "1.mp3", tmp_path / "2.mp3"])
    assert near(beginnings(tmp_path / "2.mp3"), [7.7 - 6.0, 9.7 - 6.0], 0.06)


def test_a_source_that_is_shorter_than_it_was_measured_gives_a_short_last_part(tmp_path):
    source = file_of(tmp_path / "a.wav", bursts(5), "wav")
    targets = [tmp_path / "1.mp3", tmp_path / "2.mp3"]
    sound.cut(source, [(0.0, 5.0), (5.0, 30.0)], targets)
    assert near(beginnings(targets[1]), [4.7 - 5.0 + 2, 6.7 - 5.0 + 2], 0.03)
