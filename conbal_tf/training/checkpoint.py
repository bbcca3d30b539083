"""Checkpoints: all that a stage needs to go on, in one file that is whole or is not used. Imports no TensorFlow.

Weights, the optimiser, the place in the data and what callbacks remember stand in the same file, so that none of them
can be of another moment than the rest. The file before the newest is kept, and is gone on from where the newest cannot
be read.
"""

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from conbal_tf.run_folder.whole_file import write_whole

# Raised whenever what stands in the files changes; others are refused.
FORMAT = 1
KEPT = 2
_HEADER = "header"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Checkpoint:
    """A stage of training between two epochs."""

    stage: str
    """Its name in files and lines."""
    length: Mapping[str, int]
    """How long the stage is to be; one of another length is another training."""
    epoch: int
    """Epochs that are done: the number of the next."""
    batches: int
    """Batches that were taken from the data: the number of the next."""
    is_done: bool
    """Whether nothing is left to train, because it was the last epoch or a callback stopped it."""
    memories: Mapping[str, Any]
    """What callbacks remember, each under its name, in values of JSON."""
    arrays: Mapping[str, np.ndarray]
    """Every number of the model, of its optimiser and of callbacks, each under its name."""


def encode(checkpoint: Checkpoint) -> memoryview:
    """Returns the content of a checkpoint's file: an .npz that `numpy.load` opens, with a digest behind it."""
    header = {"format": FORMAT} | asdict(replace(checkpoint, arrays={}))
    del header["arrays"]
    text = np.frombuffer(json.dumps(header, default=float).encode(), np.uint8)
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **{_HEADER: text}, **checkpoint.arrays)  # type: ignore[arg-type]
    # The CRCs of a zip file leave its table of contents out: a name or a size that was changed there could pass.
    digest = _digest(stream.getbuffer())
    stream.seek(0, io.SEEK_END)
    stream.write(digest)
    return stream.getbuffer()


def decode(content: bytes) -> Checkpoint:
    """Returns the checkpoint of a file's content.

    Raises:
        ValueError: The content is empty, cut off or changed, or of another version's format.
    """
    if not content:
        raise ValueError("it is empty")
    archive, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    if _digest(archive) != digest:
        raise ValueError(f"it is cut off or damaged: its {len(content)} bytes do not fit its digest")
    with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
        header = json.loads(arrays[_HEADER].tobytes())
        number = header.pop("format")
        if number != FORMAT:
            raise ValueError(f"it has format {number}, of another version of conbal_tf; this one reads {FORMAT}")
        return Checkpoint(**header, arrays={name: arrays[name] for name in arrays.files if name != _HEADER})


def write(checkpoint: Checkpoint, folder: Path) -> Path:
    """Writes a checkpoint's file, then removes all of its stage but it and the one before.

    Args:
        checkpoint: of a stage.
        folder: where checkpoints lie; it exists.

    Returns:
        The file.

    Raises:
        OSError: It cannot be written; those that were there stay.
    """
    file = folder / f"{checkpoint.stage}_batch_{checkpoint.batches}.npz"
    write_whole(file, encode(checkpoint))
    # Files of later batches are what could not be read, when this training went back behind them.
    known = _numbered(folder, checkpoint.stage)
    later = [number for number in known if number > checkpoint.batches]
    older = sorted(number for number in known if number <= checkpoint.batches)[:-KEPT]
    for number in later + older:
        known[number].unlink(missing_ok=True)
    return file


def newest(folder: Path, stage: str, check: Callable[[Checkpoint], None]) -> Checkpoint | None:
    """Returns the newest checkpoint that can be gone on from, and says on stderr which newer one cannot, and why.

    Args:
        folder: where checkpoints lie.
        stage: its name.
        check: raises a ValueError for a checkpoint of another training.

    Returns:
        The checkpoint; None where there is no file of one.

    Raises:
        ValueError: There are files, and none of them can be gone on from.
    """
    files, faults = _numbered(folder, stage), []
    for number in sorted(files, reverse=True):
        try:
            found = decode(files[number].read_bytes())
            check(found)
        except (ValueError, OSError) as error:
            faults.append(f"{files[number]} cannot be gone on from: {error}")
            continue
        for fault in faults:
            print(f"{stage}: {fault}. The one before is taken, {files[number].name}.", file=sys.stderr, flush=True)
        return found
    if faults:
        raise ValueError(
            f"No checkpoint of stage {stage} is left. {'. '.join(faults)}. Put back a copy of one of these files, if "
            "you have one; or remove them, and the same command begins the stage anew (with --overwrite the whole run)."
        )
    return None


def forget(folder: Path) -> None:
    """Removes the checkpoints of all stages, and what a process that was killed left beside them.

    Whenever a stage's result is saved, none of them is of use: those of a head that was begun on another backbone
    least of all.
    """
    for pattern in ("*_batch_*.npz", "unfinished_*"):
        for file in folder.glob(pattern):
            file.unlink(missing_ok=True)


def _numbered(folder: Path, stage: str) -> dict[int, Path]:
    """Returns a stage's files by their numbers of batches."""
    named = re.compile(rf"{re.escape(stage)}_batch_(\d+)\.npz")
    return {int(found[1]): file for file in folder.glob("*.npz") if (found := named.fullmatch(file.name))}


def _digest(content: bytes | memoryview) -> bytes:
    return hashlib.sha256(content).digest()
