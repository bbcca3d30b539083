"""Which cluster is meant by `--cluster`, and whether it answers: known before this process joins it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

AUTO, LOCAL = "auto", "local"
NAMED_BY = "RAY_ADDRESS"
ANSWERS_WITHIN = 30.0
# Joins as we will do: what Ray says of an address, a version or this machine is found out without harm. Where nothing
# answers, Ray asks again without end, deaf to SIGTERM, or ends the process that asks; neither raises.
_TRIAL = """
import sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")
except Exception as error:
    sys.exit(" ".join(str(error).split()))
"""


@dataclass(frozen=True)
class Address:
    """Where a cluster is said to be."""

    value: str
    """HOST:PORT, or `local` for a new cluster of this machine alone."""
    said: str
    """By whom: what an error blames."""
    remedy: str
    """What to do where no cluster answers there."""

    def no_cluster(self, why: str) -> ValueError:
        """Returns the error that there is no such cluster.

        Args:
            why: in a sentence.
        """
        return ValueError(
            f"No Ray cluster at {self.said}: {why.rstrip('.')}. Allowed are HOST:PORT as `ray start --head` prints it, "
            f"of a cluster with the versions of Ray and Python of this environment, {AUTO} and {LOCAL}. {self.remedy}, "
            f"or train on this machine alone (--cluster {LOCAL})."
        )


def address_of(flag: str) -> Address:
    """Returns which cluster is meant; Ray is installed.

    Args:
        flag: HOST:PORT, `local`, or `auto`: the cluster of RAY_ADDRESS, or the one that `ray start` has begun on this
            machine or joined it to, or `local`.
    """
    if flag != AUTO:
        return Address(flag, f"--cluster {flag}", "Start or join one on this machine (ray start)")
    if (named := os.environ.get(NAMED_BY)) and named != AUTO:
        return Address(named, f"{NAMED_BY}={named}, which --cluster {AUTO} takes", f"Correct or unset {NAMED_BY}")
    # No public name tells the file. Ray's own `auto` also joins what another command has begun for itself alone, and is
    # lost together with that one.
    from ray._common.utils import get_ray_address_file

    file = Path(get_ray_address_file(None))
    if file.is_file() and (left := file.read_text(encoding="utf-8").strip()):
        remedy = f"If it has died, clear away what it left (ray stop, or remove {file})"
        return Address(left, f"{left}, which {file} tells as that of this machine", remedy)
    return Address(LOCAL, f"--cluster {AUTO}", "Start or join one on this machine (ray start)")


def refuse_unless_it_answers(address: Address) -> None:
    """Joins the cluster in a process of its own first; nothing is asked of a new one of this machine alone.

    Raises:
        ValueError: It cannot be joined, or does not answer in time.
    """
    if address.value == LOCAL:
        return
    if address.value.startswith("ray://"):
        raise address.no_cluster("Ray Client (ray://) is not used: give this command on a node of the cluster")
    command = [sys.executable, "-c", _TRIAL, address.value]
    try:
        tried = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=ANSWERS_WITHIN, check=False)
    except subprocess.TimeoutExpired as error:
        raise address.no_cluster(f"nothing answered within {ANSWERS_WITHIN:.0f} s") from error
    if tried.returncode:
        raise address.no_cluster((tried.stderr.split("\n")[-2:-1] or ["it ended without a word"])[0])
