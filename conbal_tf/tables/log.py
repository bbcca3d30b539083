"""The log of a piece of work: who began it where, and the lines that are added to it."""

import re
import shlex
import socket
import time
from collections.abc import Sequence
from pathlib import Path

_BEGINNING = re.compile(r"== \S+ \S+ \S+ on (?P<host>\S+): ")


def this_host() -> str:
    """Returns this machine's name, as its logs tell it."""
    return socket.gethostname()


def beginning(command: Sequence[str]) -> str:
    """Returns the line with which a command begins in its log: when, on which machine, and how it was called."""
    return f"== {time.strftime('%Y-%m-%d %H:%M:%S %z')} on {this_host()}: {shlex.join(command)}"


def host_of(line: str) -> str | None:
    """Returns the machine that a line of a log names, where it is one of `beginning`; None for any other line.

    >>> host_of("== 2026-11-28 01:05:00 +0000 on node7: python -m conbal_tf.train"), host_of("update 1/2")
    ('node7', None)
    """
    found = _BEGINNING.match(line)
    return found["host"] if found else None


class Tail:
    """What is added to a log after this object was made, by whichever process or machine.

    Args:
        log: the file; it need not exist yet.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = log.stat().st_size if log.exists() else 0
        self._rest = b""

    def lines(self, *, all_of_it: bool = False) -> list[str]:
        """Returns the lines that were added since the last call.

        Args:
            all_of_it: also a last line that is not ended, since nobody will write more.
        """
        try:
            # Opened anew each time: this is when a network drive asks what other machines have written.
            with self._log.open("rb") as file:
                file.seek(self._read)
                added = file.read()
        except FileNotFoundError:
            added = b""
        self._read += len(added)
        *lines, self._rest = (self._rest + added).split(b"\n")
        if all_of_it and self._rest:
            lines, self._rest = [*lines, self._rest], b""
        return [line.decode(errors="replace").rstrip() for line in lines]
