"""Makes a folder appear all at once, or not at all."""

import contextlib
import errno
import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tfrecords_tools.surroundings.disk_limits import what_is_full

FINISHED = "finished"
REPLACED = "replaced"


@contextlib.contextmanager
def published(
    folder: Path, content: str = "records", flag: str = "--records", *, replace: bool = True
) -> Iterator[Path]:
    """Gives a workplace on the same disk; what its user leaves there as `finished` then takes the place of `folder`.

    After an error `folder` is as before. After a kill, too: the next one for the same folder clears up.

    Args:
        folder: what is to appear, or to be replaced.
        content: what it holds, for the message.
        flag: which flag names its place, for the message.
        replace: whether a folder that is there gives way, also one that appears in the meantime.

    Yields:
        An empty folder to work in.

    Raises:
        ValueError: Nothing can be written there, or the disk became full.
        FileExistsError: The folder is there, and is not to be replaced.
    """
    prefix = f".unfinished_{folder.name}_"
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder, prefix)
        workplace, lock = _workplace(folder.parent, prefix)
    except OSError as error:
        raise ValueError(
            f"Cannot write {content} into {folder.parent}: {error.strerror}. Choose another folder with {flag}."
        ) from error
    try:
        yield workplace
        _obey_umask(workplace)
        _move(workplace, folder, replace)
    except Exception as error:
        if not (words := what_is_full(error)):
            raise
        raise ValueError(
            f"Cannot write {content} into {folder.parent}: {words}. What was written of {folder.name} is removed "
            f"again. Free some space or raise the limit, or choose another folder with {flag}."
        ) from error
    finally:
        _remove(workplace, folder)
        os.close(lock)
        for parent in made:
            with contextlib.suppress(OSError):  # not empty
                parent.rmdir()


def _workplace(parent: Path, prefix: str) -> tuple[Path, int]:
    """Returns a new folder and its lock.

    Whoever works there holds the lock, and a killed process cannot: this is how an abandoned workplace is known.
    """
    while True:
        workplace = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(workplace, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if workplace.exists():
                return workplace, lock
            # Between the two lines another process took it for abandoned.
            os.close(lock)


def _move(workplace: Path, folder: Path, replace: bool) -> None:
    """Puts what is finished into its place, whoever else does so at the same time."""
    while True:
        if folder.exists():
            if not replace:
                raise FileExistsError(errno.EEXIST, "It is there already, and is not replaced", str(folder))
            shutil.rmtree(workplace / REPLACED, ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):  # another process has just moved it
                folder.rename(workplace / REPLACED)
        try:
            (workplace / FINISHED).rename(folder)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _obey_umask(workplace: Path) -> None:
    """Gives folders the rights that the umask leaves them; those that TensorFlow makes let no group write."""
    finished, model = workplace / FINISHED, workplace / "rights"
    model.mkdir()
    rights = model.stat().st_mode & 0o7777
    for path in (finished, *finished.rglob("*")):
        if path.is_dir():
            path.chmod(rights)


def _remove_abandoned(folder: Path, prefix: str) -> None:
    """Removes the workplaces of processes that were killed."""
    for workplace in folder.parent.glob(f"{glob.escape(prefix)}*"):
        with contextlib.suppress(FileNotFoundError):  # its owner has just ended
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
