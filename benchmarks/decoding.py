"""JPEGs decoded by us, by TensorFlow's default and by Pillow: `python -m benchmarks.decoding`.

Reads the JPEGs of $CONBAL_TF_DATA/originals and 200 of $CONBAL_TF_DATA/isic2018. Prints how far the pixels lie from
Pillow's, and how much brighter a record is than what is served of the same file, having been encoded and decoded once
more.
"""

import argparse
import io
import os
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from tfrecords_tools.pixels import images

WAYS = {"ours": "INTEGER_ACCURATE", "TensorFlow's default": ""}
SIDES = (40, 256)


def main() -> None:
    """Prints a row for each set of files and way of decoding."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    data = Path(os.environ["CONBAL_TF_DATA"])
    sets = {
        "6 originals, 600 x 450": sorted((data / "originals" / "isic2018").iterdir()),
        "200, reduced to 200 x 150": sorted((data / "isic2018" / "ISIC2018_Task3_Training_Input").iterdir())[:200],
    }
    print("files                      decoded by            to Pillow: mean  largest   records less served: R, G, B")
    for name, paths in sets.items():
        for way, method in WAYS.items():
            off = [np.abs(_decoded(path.read_bytes(), method) - _pillow(path)) for path in paths]
            figures = f"{np.mean([one.mean() for one in off]):>15.3f}  {max(one.max() for one in off):>7.0f}"
            darker = [np.mean([_record_less_served(path, method, side) for path in paths], axis=0) for side in SIDES]
            sides = "   ".join(f"{side} px: {np.round(one, 2)}" for side, one in zip(SIDES, darker, strict=True))
            print(f"{name:<26} {way:<21} {figures}   {sides}", flush=True)


def _decoded(content: bytes, method: str) -> np.ndarray:
    return np.asarray(tf.io.decode_jpeg(content, channels=3, dct_method=method), np.float64)


def _pillow(path: Path) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB"), np.float64)


def _record_less_served(path: Path, method: str, side: int) -> np.ndarray:
    """Returns the mean difference of each channel, in grey levels [(3,) float64]."""
    pixels = tf.cast(_decoded(path.read_bytes(), method), tf.uint8)
    served = images.resize_short_side(pixels, side)
    return (_decoded(images.encode(served).numpy(), method) - np.asarray(served, np.float64)).mean(axis=(0, 1))


if __name__ == "__main__":
    main()
