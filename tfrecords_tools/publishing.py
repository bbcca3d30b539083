"""Makes a folder appear all at once, or not at all."""

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

FINISHED = "finished"
REPLACED = "replaced"


@contextlib.contextmanager
def published(folder: Path) -> Iterator[Path]:
    """Gives a workplace on the same disk; what its user leaves there as `finished` then takes the place of `folder`.

    After an error `folder` is as before. After a kill, too: the next one for the same folder clears up.

    Args:
        folder: what is to appear, or to be replaced.

    Yields:
        An empty folder to work in.

    Raises:
        ValueError: Nothing can be written there, or the disk became full.
    """
    prefix = f".unfinished_{folder.name}_"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder, prefix)
        workplace = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    except OSError as error:
        raise ValueError(
            f"Cannot write records into {folder.parent}: {error.strerror}. Choose another folder with --records."
        ) from error
    # Whoever works here holds the lock, and a killed process cannot: this is how an abandoned workplace is known.
    lock = os.open(workplace, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield workplace
        if folder.exists():
            folder.rename(workplace / REPLACED)
        (workplace / FINISHED).rename(folder)
    except Exception as error:
        if not _is_of_a_full_disk(error):
            raise
        raise ValueError(
            f"The disk of {folder.parent} is full, and what was written of {folder.name} is removed again. "
            "Free some space, or choose another folder with --records."
        ) from error
    finally:
        _remove(workplace, folder)
        os.close(lock)


def _is_of_a_full_disk(error: BaseException | None) -> bool:
    """Returns whether an error comes of a full disk; TensorFlow and TFDS wrap it in others, and change its kind."""
    while error is not None:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _remove_abandoned(folder: Path, prefix: str) -> None:
    """Removes the workplaces of processes that were killed."""
    for workplace in folder.parent.glob(f"{prefix}*"):
        lock = os.open(workplace, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            _remove(workplace, folder)
        finally:
            os.close(lock)


def _remove(workplace: Path, folder: Path) -> None:
    """Removes a workplace. Where the work ended between the two renames, the replaced folder goes back first."""
    replaced = workplace / REPLACED
    if replaced.exists() and not folder.exists():
        replaced.rename(folder)
    shutil.rmtree(workplace, ignore_errors=True)
