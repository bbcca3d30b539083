"""Who trains which run: a file beside the run folder, which only one process can make.

Made with O_EXCL, so it holds on a network drive too. Its maker touches it while it lives; a claim whose process is gone
(on this machine), or that nobody has touched for a while (on another), is taken over.
"""

import json
import os
import socket
import threading
import time
import uuid
from pathlib import Path
from types import TracebackType

TOUCH_EVERY = 20.0
STALE_AFTER = 300.0


class Claim:
    """The right to train a run; a context that gives it back at its end.

    Args:
        path: the claim's file.
        token: what only this claim's file holds.
    """

    def __init__(self, path: Path, token: str) -> None:
        self.path = path
        self.token = token
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Claim":
        self._heart.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._heart.join()
        if _read(self.path).get("token") == self.token:
            self.path.unlink(missing_ok=True)

    def note_process(self, number: int) -> None:
        """Writes down the process that does the work: it may outlive this one, and the run is not free before it ends.

        Args:
            number: its id on this machine.
        """
        unfinished = self.path.with_name(f"unfinished_{self.path.name}")
        unfinished.write_text(_content(self.token, [os.getpid(), number]), encoding="utf-8")
        unfinished.replace(self.path)

    def _beat(self) -> None:
        while not self._ended.wait(TOUCH_EVERY):
            if self.path.exists():
                os.utime(self.path)


def claim(path: Path) -> Claim | None:
    """Returns the claim on a run, or None where another process has it.

    Args:
        path: the claim's file; its folder exists.
    """
    token = uuid.uuid4().hex
    if path.exists() and not _take_away(path):
        return None
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_content(token, [os.getpid()]))
    return Claim(path, token)


def holder(path: Path) -> str:
    """Returns who has a claim, in words."""
    held = _read(path)
    return f"process {held['processes'][0]} on {held['host']}" if held else "another process"


def _take_away(path: Path) -> bool:
    """Returns whether a claim was stale and is gone now."""
    found = _read(path)
    if not _is_stale(path, found):
        return False
    # Only one of several processes can rename the file.
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _read(aside).get("token") != found.get(
        "token"
    ):  # Somebody was quicker, and this is the new claim: give it back.
        aside.rename(path)
        return False
    aside.unlink()
    return True


def _is_stale(path: Path, found: dict) -> bool:
    if found.get("host") == socket.gethostname():
        return not any(_lives(number) for number in found["processes"])
    try:
        return _now(path.parent) - path.stat().st_mtime > STALE_AFTER
    except FileNotFoundError:
        return False


def _now(folder: Path) -> float:
    """Returns the time as the folder's machine tells it, which need not be this one's."""
    probe = folder / f"now_{uuid.uuid4().hex}"
    try:
        probe.touch()
        return probe.stat().st_mtime
    except OSError:
        return time.time()
    finally:
        probe.unlink(missing_ok=True)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _content(token: str, processes: list[int]) -> str:
    return json.dumps({"host": socket.gethostname(), "processes": processes, "token": token}) + "\n"


def _read(path: Path) -> dict:
    # A file that is just being written reads as nothing: it is nobody's, but not stale for minutes.
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
