"""One command at a time in a run folder: a lock that ends with its process, and says who holds it."""

import contextlib
import errno
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from conbal_tf.run_folder.whole_file import write_whole

LOCK = ".lock"
HOLDER = ".in_use.json"
FILES = (LOCK, HOLDER)
# How long a command of seconds waits for another one of its kind.
PATIENCE = 120.0
_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def held(run: Path, command: str, *, lasts: bool = False, create: bool = False) -> Iterator[None]:
    """Keeps other commands out of a run folder while the body runs.

    The lock is the operating system's (`filelock`), on RUN/.lock: it ends with its process, however that ends, so what
    a killed command leaves stands in nobody's way. A command of seconds waits for another one of seconds; for training,
    nobody waits. Where no lock can be made, as in a folder that can only be read, there is none: nothing can be
    written there either.

    Args:
        run: the folder.
        command: as a user types it, for those who are kept out.
        lasts: whether it takes longer than others want to wait for.
        create: make the folder; it is removed again if nothing else is put into it.

    Raises:
        ValueError: Another command uses the folder, or it cannot be made.
    """
    made = _make(run) if create else []
    lock = FileLock(run / LOCK)
    try:
        if not _take(lock, run, lasts):
            yield
            return
        try:
            _write_holder(run, command, lasts)
            yield
        finally:
            _leave(lock, run)
    finally:
        for folder in made:
            with contextlib.suppress(OSError):  # not empty
                folder.rmdir()


def user_of(run: Path) -> str | None:
    """Returns which command holds a run folder, in words, or None where none does; what a killed one left is removed.

    Args:
        run: the folder; it need not exist.
    """
    if not (run / HOLDER).exists():
        return None
    # Only the lock knows: the file outlives a command that is killed.
    lock = FileLock(run / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _described(_holder(run))
    except OSError:
        return None
    _leave(lock, run)
    return None


def was_kept_out(sentence: str, run: Path) -> bool:
    """Returns whether a command ended with this sentence since another one holds its run folder.

    Its exit code is that of any mistake, and a database or a GPU may be "in use" as well: the sentence is the lock's
    own, about this very folder.

    Args:
        sentence: the error.
        run: the folder, as the command was given it.
    """
    return sentence.startswith(_in_use(run))


def contents(run: Path) -> list[Path]:
    """Returns what lies in a run folder beside its lock."""
    return [path for path in run.iterdir() if path.name not in FILES]


def _make(run: Path) -> list[Path]:
    """Makes the folder, and returns what was made, the innermost first."""
    missing = [folder for folder in (run, *run.parents) if not folder.exists()]
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(run, error) from error
    return missing


def _cannot_write(run: Path, error: OSError) -> ValueError:
    return ValueError(f"Cannot write the run folder {run}: {error.strerror}. Choose another with --run.")


def _take(lock: FileLock, run: Path, lasts: bool) -> bool:
    """Returns whether the lock was taken; where another command holds it, waits or raises."""
    if not run.is_dir():
        return False
    for patience in (0.0, PATIENCE):
        try:
            lock.acquire(timeout=patience)
            return True
        except Timeout:
            holder = _holder(run)
        except OSError as error:
            if lasts and error.errno in _UNWRITABLE:
                raise _cannot_write(run, error) from error
            return False  # The file system knows no locks, or what is read here will be written elsewhere.
        if lasts or holder.get("lasts"):
            break
        if not patience:
            print(f"Waiting for {_described(holder)}, which uses {run}.", file=sys.stderr, flush=True)
    raise ValueError(
        f"{_in_use(run)}{_described(holder)}. Two commands at once would write over each other's files: "
        "wait until that one has ended, or name another run folder."
    )


def _in_use(run: Path) -> str:
    """Returns how the sentence begins that tells who holds a run folder."""
    return f"{run} is in use by "


def _leave(lock: FileLock, run: Path) -> None:
    # Before the lock ends: who waits for this very file sees that it is gone, and makes a new one.
    for name in FILES:
        with contextlib.suppress(OSError):
            (run / name).unlink()
    lock.release()


def _write_holder(run: Path, command: str, lasts: bool) -> None:
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    holder = {"command": command, "process": os.getpid(), "host": socket.gethostname(), "since": since, "lasts": lasts}
    with contextlib.suppress(OSError):  # A disk is full: the work itself will say so.
        write_whole(run / HOLDER, json.dumps(holder) + "\n")


def _holder(run: Path) -> dict[str, Any]:
    """Returns what the command that holds the lock says of itself; nothing where it says nothing."""
    for _ in range(10):  # It may have taken the lock just now.
        try:
            found = json.loads((run / HOLDER).read_text(encoding="utf-8"))
            return found if isinstance(found, dict) else {}
        except (OSError, ValueError):
            time.sleep(0.1)
    return {}


def _described(holder: dict[str, Any]) -> str:
    if not holder:
        return "another command"
    where = f"process {holder.get('process')} on {holder.get('host')}"
    return f"{holder.get('command')} ({where}, since {holder.get('since')})"
