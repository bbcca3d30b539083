"""Models and weights as files that are whole or not there: Keras writes them into memory, we write the bytes.

Written by Keras, a `.weights.h5` on a full disk, under a quota or a limit on the size of files is a broken file under
its final name, and HDF5 ends the process with a segmentation fault.
"""

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from conbal_tf.run_folder.whole_file import write_whole


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights, and the optimiser's numbers, of the epoch with the best `val_balanced_accuracy`.

    Args:
        path: a file that ends in `.weights.h5`, for `Model.load_weights`; in a folder that is there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.best = -math.inf

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Writes the file, if no epoch was as good."""
        score = float((logs or {}).get("val_balanced_accuracy", -math.inf))
        if score > self.best:
            stream = _NamedStream(self.path.name)
            keras.saving.save_weights(self.model, stream)
            write_whole(self.path, stream.getbuffer())
            self.best = score

    def memory(self) -> dict[str, Any]:
        """Returns what a run that goes on has to know."""
        return {"best": self.best}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Takes over what `memory` returned before the interruption."""
        self.best = float(memory["best"])


def save(model: keras.Model, path: Path) -> None:
    """Saves a model.

    Args:
        model: with weights.
        path: a file that ends in `.keras`; it appears under its name only when it is whole.

    Raises:
        OSError: It cannot be written; what was there before stays.
    """
    stream = _NamedStream(path.name)
    keras.saving.save_model(model, stream)
    write_whole(path, stream.getbuffer())


class _NamedStream(io.BytesIO):
    """A file in memory whose text is a file's name: by its end Keras tells the format, as of a path.

    It has no attribute `name`: where memory is short, Keras would write HDF5 into the folder of that name.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._file_name = name

    def __str__(self) -> str:
        return self._file_name
