"""The log of a stage: a CSV with a row for each epoch, whole after every one, and no epoch twice."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from conbal_tf.run_folder.whole_file import write_whole


class EpochRows(keras.callbacks.Callback):
    """Writes what an epoch's logs hold so far, in the columns `epoch` and the names in alphabetical order.

    Unlike Keras's CSVLogger it writes the file anew each time, so that a run that goes on takes back the rows of epochs
    that it repeats.

    Args:
        path: the file, in a folder that is there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.rows: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Adds the row of the epoch."""
        self.rows.append({"epoch": epoch} | {name: float(number) for name, number in (logs or {}).items()})
        self._write()

    def memory(self) -> dict[str, Any]:
        """Returns the rows so far."""
        return {"rows": self.rows}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Takes the file back to the rows that `memory` returned before the interruption."""
        self.rows = list(memory["rows"])
        self._write()

    def _write(self) -> None:
        names = sorted({name for row in self.rows for name in row} - {"epoch"})
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, ["epoch", *names])
        table.writeheader()
        table.writerows(self.rows)
        write_whole(self.path, text.getvalue())
