"""The language of tones is understood after everything that the product does to sound."""

import pathlib
import time

import numpy as np
import pytest

from sound.formats import FORMATS, TO_SEND
from sound.reading import decode
from sound.writing import write
from tests.loopback.tones import hear_tones, tone_words


def heard(path: pathlib.Path, rate: int = 16_000) -> list[tuple[int, float, float]]:
    return hear_tones(np.concatenate(list(decode(path, rate))), rate)


def right(words: list[tuple[int, float, float]], numbers: range, late: float = 0.0) -> bool:
    """Each word at its place, within 30 ms."""
    places = [place * 2.0 + 0.5 + late for place in range(len(numbers))]
    return [word[0] for word in words] == list(numbers) and all(
        abs(start - place) < 0.03 and abs(end - place - 0.5) < 0.03 for (_number, start, end), place in zip(words, places, strict=True)
    )


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "pcm"])
def test_it_understands_every_format(tmp_path, format):
    numbers = range(12_340, 12_370)
    write([tone_words(numbers)], 16_000, tmp_path / "a", FORMATS[format])
    late = 0.043 if format == "aac" else 0.0  # AAC without a container does not say what its encoder put in front
    assert right(heard(tmp_path / "a"), numbers, late)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_it_understands_every_rate(tmp_path, rate):
    numbers = range(95, 105)
    write([tone_words(numbers, rate=rate)], rate, tmp_path / "a", TO_SEND)
    assert right(heard(tmp_path / "a"), numbers)


def test_it_knows_times_within_30_ms():
    words = hear_tones(tone_words(range(50)), 16_000)
    assert all(abs(start - (2 * place + 0.5)) < 0.03 and abs(end - start - 0.5) < 0.03 for place, (_number, start, end) in enumerate(words))


@pytest.mark.parametrize("format", ["mp3", "opus", "aac"])
def test_it_understands_words_that_come_fast(tmp_path, format):
    write([tone_words(range(40), every=0.55)], 16_000, tmp_path / "a", FORMATS[format])
    assert [word[0] for word in heard(tmp_path / "a")] == list(range(40))


@pytest.mark.parametrize("place", np.linspace(0.5, 1.0, 51))
def test_a_word_that_is_cut_is_never_in_both_halves(place):
    samples, at = tone_words([54_321]), round(place * 16_000)
    assert len(hear_tones(samples[:at], 16_000)) + len(hear_tones(samples[at:], 16_000)) <= 1


@pytest.mark.parametrize("place", np.linspace(0.54, 0.96, 15))
def test_a_word_that_is_cut_is_none_in_either_half(place):
    samples = tone_words([54_321, 1])
    at = round(place * 16_000)
    assert [word[0] for word in hear_tones(samples[:at], 16_000)] == []
    assert [word[0] for word in hear_tones(samples[at:], 16_000)] == [1]


def test_silence_and_noise_have_no_words():
    assert hear_tones(np.zeros(16_000, dtype=np.float32), 16_000) == []
    assert hear_tones(np.random.default_rng(1).normal(0, 0.3, 48_000).astype(np.float32), 16_000) == []


def test_it_hears_an_hour_in_a_few_seconds_of_work():
    samples = tone_words(range(1_800))
    began = time.process_time()
    assert [word[0] for word in hear_tones(samples, 16_000)] == list(range(1_800))
    assert time.process_time() - began < 5
