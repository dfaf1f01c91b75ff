"""What is taken out of the package tox-block (MIT; trained on Jigsaw's comments, CC0): the numbers of its network and its words.

The package keeps them as a file of Keras and a pickle, and needs TensorFlow to read them. Both files are pinned by the hash
of their wheel, so where each array lies is known, and its bytes are taken from there; the pickle is read by something that
can build lists of words and nothing else. Needs no package: `engines.fetch` does it once, and the hash of the result is
pinned too.
"""

import collections
import io
import math
import pickle
import struct
from typing import IO, Any

# Name → where its 32-bit numbers begin in the file of Keras, and their shape. In this order they are kept.
ARRAYS: dict[str, tuple[int, tuple[int, ...]]] = {
    "words": (10_280, (20_000, 50)),
    "forward_input": (4_014_040, (50, 200)),
    "forward_memory": (4_056_088, (50, 200)),
    "forward_bias": (4_096_088, (200,)),
    "backward_input": (4_096_888, (50, 200)),
    "backward_memory": (4_138_936, (50, 200)),
    "backward_bias": (4_178_936, (200,)),
    "hidden": (4_183_032, (100, 50)),
    "hidden_bias": (4_179_736, (50,)),
    "labels": (4_206_304, (50, 6)),
    "labels_bias": (4_179_936, (6,)),
}
NUMBER = struct.calcsize("<f")
KNOWN_WORDS = ARRAYS["words"][1][0]


def cut_arrays(source: IO[bytes], sink: IO[bytes]) -> None:
    content = source.read()
    for start, shape in ARRAYS.values():
        sink.write(content[start : start + math.prod(shape) * NUMBER])


def list_words(source: IO[bytes], sink: IO[bytes]) -> None:
    """The words that have a row of their own, one on each line: that on line n has row n, counted from 1."""
    numbers: dict[str, int] = WordsOnly(io.BytesIO(source.read())).load().tokenizer.word_index
    words = sorted((number, word) for word, number in numbers.items() if number < KNOWN_WORDS)
    sink.write("\n".join(word for _, word in words).encode())


class Shell:
    """Stands for each class of the pickle: holds what would have been in it, and does nothing."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class WordsOnly(pickle.Unpickler):
    """Builds dicts, numbers and shells, whatever a pickle asks for."""

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("collections", "defaultdict"): collections.defaultdict,
            ("builtins", "int"): int,
        }
        if name in {"TokenSequencer", "Tokenizer"}:
            return Shell
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a list of words")
        return known[module, name]
