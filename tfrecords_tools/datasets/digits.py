"""The embedded default: scikit-learn's handwritten digits, made long-tailed by the protocol. No download."""

from pathlib import Path

import numpy as np

from tfrecords_tools.tables import Example, LabelTable

DOWNLOAD = ""
CLASS_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
IMBALANCE_RATIO = 20.0
WHITE = 16  # the brightest value in scikit-learn's copy


def read_labels(images: Path) -> LabelTable:
    """Returns the 1,797 digits, 8x8 pixels each; `images` is not used.

    All are stored, about 180 a class: what makes the data set long-tailed is its imbalance ratio, which protocols apply
    to what is trained on, so that the test part keeps enough images of every class to tell methods apart.
    """
    from sklearn.datasets import load_digits  # here, since the import takes a second that only this data set needs

    bunch = load_digits()
    pixels = np.round(bunch.images * (255 / WHITE)).astype(np.uint8)
    examples = []
    for number, (image, label) in enumerate(zip(pixels, bunch.target, strict=True)):
        name = f"digit_{number:04d}"
        examples.append(Example(id=name, group="", label=int(label), source=np.repeat(image[:, :, None], 3, axis=2)))
    return LabelTable("digits", CLASS_NAMES, tuple(examples), imbalance_ratio=IMBALANCE_RATIO)
