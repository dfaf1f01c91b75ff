"""Whether a picture is sexual, by Yahoo's open_nsfw."""

import io
import os
import pathlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engines.images.pictures import on_white
from engines.weights import PICTURE_JUDGE

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # type: ignore[import-untyped]

# What the network was trained with: this size, of which the middle is looked at, and these colours as nought (blue, green, red).
WHOLE, LOOKED_AT = 256, 224
NOUGHT = np.array([104, 117, 123], np.float32)


class Nudity:
    """The network of one folder of weights."""

    def __init__(self, weights: pathlib.Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(weights / PICTURE_JUDGE), options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def score_of(self, image: Image.Image) -> float:
        """From 0 to 1. `image` is RGB or RGBA."""
        _, sexual = self.session.run(None, {self.name: prepared(on_white(image))[None]})[0][0]
        return float(sexual)


def prepared(image: Image.Image) -> NDArray[np.float32]:
    edge = (WHOLE - LOOKED_AT) // 2
    small = image.resize((WHOLE, WHOLE), Image.Resampling.BILINEAR).crop((edge, edge, edge + LOOKED_AT, edge + LOOKED_AT))
    # The pictures that it learnt from had been JPEGs of this size.
    packed = io.BytesIO()
    small.save(packed, "JPEG")
    return np.asarray(Image.open(packed), np.float32)[:, :, ::-1] - NOUGHT
