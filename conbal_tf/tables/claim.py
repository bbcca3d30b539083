"""Who does a piece of work: a file beside it, which only one process can make.

Made with O_EXCL, so it holds on a network drive too. The process that does the work touches it (`keep`), and stops when
it is lost. A claim is taken over when its processes are gone, as this machine can tell of its own; when it is of
another machine, or cannot be read, once it was seen untouched for minutes. No clock is compared with another's.
"""

import contextlib
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.tables.claim_file import Found, content, find, holds
from conbal_tf.tables.processes import lives, machine

TOUCH_EVERY = 20.0
STALE_AFTER = 300.0


class Claim:
    """The right to do a piece of work; a context that gives it back at its end.

    Args:
        path: the claim's file.
        token: what only this claim's file holds.
    """

    def __init__(self, path: Path, token: str) -> None:
        self.path = path
        self.token = token

    def __enter__(self) -> "Claim":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.holds():
            self.path.unlink(missing_ok=True)

    def holds(self) -> bool:
        """Returns whether nobody has taken it over or removed it."""
        return holds(self.path, self.token)

    def note_process(self, number: int) -> None:
        """Writes down the process that does the work: it may outlive this one, and the work is not free before it ends.

        Args:
            number: its id on this machine.
        """
        if not self.holds():  # Lost already, as after a suspension; that process will find out, too.
            return
        write_whole(self.path, content(self.token, os.getpid(), number))


class Claims:
    """Makes claims; remembers for how long it has seen those of other machines untouched.

    Args:
        stale_after: for so many seconds such a claim must have been seen untouched.
    """

    def __init__(self, stale_after: float = STALE_AFTER) -> None:
        self.stale_after = stale_after
        self._seen: dict[Path, tuple[Found, float]] = {}

    def take(self, path: Path) -> Claim | None:
        """Returns the claim, or None where another process has it.

        Args:
            path: the claim's file; its folder exists.
        """
        with _turn(path.parent):
            found = find(path)
            if found is not None and not (self._is_stale(path, found) and _take_away(path, found)):
                return None
            return _make(path)

    def _is_stale(self, path: Path, found: Found) -> bool:
        holder = found.holder
        # After a restart it is another machine, too: process numbers begin anew, and say nothing of those before.
        if holder is not None and holder.machine == machine():
            return not any(lives(number, since) for number, since in holder.processes.items())
        last, since = self._seen.get(path, (None, 0.0))
        if found != last:
            self._seen[path] = found, time.monotonic()
            return False
        return time.monotonic() - since >= self.stale_after


def keep(path: Path, token: str, every: float = TOUCH_EVERY) -> None:
    """Touches a claim, as a sign of life; returns when it is lost, after which the work must not go on here.

    Args:
        path: the claim's file.
        token: that of the claim.
        every: seconds between two touches.
    """
    missed = 0
    # A single miss may be the moment in which another process moves the file, looks at it, and moves it back.
    while missed < 2:
        time.sleep(every)
        try:
            missed = 0 if holds(path, token) else missed + 1
            if not missed:
                os.utime(path)
        except OSError:  # A network drive that is away for a while.
            continue


def holder(path: Path) -> str:
    """Returns who has a claim, in words."""
    found = find(path)
    if found is None or found.holder is None:
        return "another process"
    return f"process {', '.join(map(str, found.holder.processes))} on {found.holder.host}"


def _make(path: Path) -> Claim | None:
    token = uuid.uuid4().hex
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content(token, os.getpid()))
    except BaseException:  # A full disk; an empty claim would stand in everybody's way.
        path.unlink(missing_ok=True)
        raise
    return Claim(path, token)


def _take_away(path: Path, stale: Found) -> bool:
    """Returns whether a stale claim is gone now."""
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    # Of several processes only one can rename the file.
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    if find(aside) != stale:  # Another machine was quicker, and this is its claim, or the holder lives: give it back.
        aside.rename(path)
        return False
    aside.unlink()
    return True


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Lets the processes of one machine take turns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        # A network drive may refuse. Without turns all holds as well, but for a moment while a claim is given back: if
        # a third process claims just then, one of the two loses its claim, and stops.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
