"""Which machine this is, and whether one of its processes lives still."""

import contextlib
import os
import socket
import subprocess
from pathlib import Path

_PROC = Path("/proc")
ENDED = "ended"


def host() -> str:
    """Returns the machine's name, for people; two machines may have the same."""
    return socket.gethostname()


def machine() -> str:
    """Returns what tells apart machines, containers and starts of a machine, as far as the system knows.

    Process numbers mean the same to two processes for which this is equal.
    """
    parts = [host()]
    with contextlib.suppress(OSError):
        parts.append((_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    with contextlib.suppress(OSError):
        parts.append(str((_PROC / "self/ns/pid").readlink()))
    return " ".join(parts)


def began(number: int) -> str:
    """Returns when a process of this machine began, as a text to be compared with another of this function.

    Args:
        number: its id.

    Returns:
        The time; `ended` for one that is dead but not yet waited for; empty where the system does not tell.
    """
    if not (_PROC / "self/stat").exists():
        return _from_ps(number)
    try:
        # The name of the program, in brackets, may hold anything.
        fields = (_PROC / str(number) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    return ENDED if fields[0] in (b"Z", b"X") else fields[19].decode()


def lives(number: int, since: str) -> bool:
    """Returns whether a process lives, and is not another one with its id.

    Args:
        number: its id on this machine.
        since: when it began, as `began` told.
    """
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # Another user's.
        pass
    now = began(number)
    # Who cannot be told apart may be the one.
    return now != ENDED and (now == since or not now or not since)


def _from_ps(number: int) -> str:
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(number)]
    try:
        listed = subprocess.run(
            command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, encoding="ascii", check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    state, _, time = listed.stdout.strip().partition(" ")
    return ENDED if state.startswith("Z") else time.strip()
