"""What a claim's file holds: who has the claim, in JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from conbal_tf.tables.processes import began, host, machine


@dataclass(frozen=True)
class Holder:
    """Who has a claim."""

    host: str
    machine: str
    processes: Mapping[int, str]
    """Id of each process to when it began."""
    token: str
    """Of this claim alone."""


@dataclass(frozen=True)
class Found:
    """A claim's file at one moment; two are equal if nobody has written or touched it in between."""

    holder: Holder | None
    """None where the file cannot be read: another machine may be just writing it."""
    touched: int


def find(path: Path) -> Found | None:
    """Returns what a claim's file holds, or None where there is none.

    Args:
        path: the file.
    """
    try:
        touched = path.stat().st_mtime_ns
        values = json.loads(path.read_text(encoding="utf-8"))
        processes = {int(number): since for number, since in values["processes"].items()}
        holder = Holder(values["host"], values["machine"], processes, values["token"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return Found(None, touched)
    return Found(holder, touched)


def holds(path: Path, token: str) -> bool:
    """Returns whether the file holds the claim with this token."""
    found = find(path)
    return found is not None and found.holder is not None and found.holder.token == token


def content(token: str, *processes: int) -> str:
    """Returns the text of a claim's file.

    Args:
        token: of the claim.
        processes: ids of the processes of this machine that have it.
    """
    since = {number: began(number) for number in processes}
    return json.dumps(asdict(Holder(host(), machine(), since, token))) + "\n"
