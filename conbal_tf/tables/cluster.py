"""A cluster of Ray as the engine of a table's runs: joined, asked what it has, and left again.

Ray is imported here and in `tasks` alone, when `--cluster` asks for it: extra `[cluster]`.
"""

import contextlib
import importlib.util
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from conbal_tf.tables.nodes import Node, alive, share_of
from conbal_tf.tables.process import Engine
from conbal_tf.tables.tasks import RETRIES, do_tasks, unseen_by

AUTO = "auto"
ANSWERS_WITHIN = 30.0
# Joins as we will do: what Ray says of an address, a version or this machine is found out without harm, since a wrong
# address ends the process that asks, after minutes and without an exception.
_TRIAL = """
import sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")
except Exception as error:
    sys.exit(" ".join(str(error).split()))
"""


@contextlib.contextmanager
def on_cluster(address: str, cpus: int, replicas: int, folders: Sequence[Path]) -> Iterator[Engine]:
    """Gives the engine that does each job as a task of a Ray cluster; leaves the cluster at the end.

    Args:
        address: HOST:PORT of a cluster, or `auto`: that of RAY_ADDRESS, or one that runs on this machine, or a new one
            of this machine alone, which ends with this command.
        cpus: cores that a job takes; 0: a node's, shared among the jobs that its GPUs allow at once.
        replicas: GPUs that a job takes where the cluster has some; 0: one.
        folders: what all nodes must see, whether or not it was made yet.

    Raises:
        ValueError: Ray is not installed, or no cluster of the same versions answers, or none of its nodes can take a
            job, or one of them does not see what it must.
    """
    if importlib.util.find_spec("ray") is None:
        raise ValueError(
            f"--cluster {address} needs Ray, which is not installed here. Install it on each machine in the same way "
            "(pip install 'conbal_tf[cluster]'), or leave out --cluster: runs are trained here, one by one."
        )
    # Both are read when it is imported. It would tell its makers of each cluster that is started, and begin a training
    # that is too large for its node again without end.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_task_oom_retries", str(RETRIES))
    import ray

    wanted = os.environ.get("RAY_ADDRESS") if address == AUTO else address
    if wanted:
        _refuse_unless_it_answers(wanted)
    handler = signal.getsignal(signal.SIGTERM)
    # Where Ray's threads print pages on a lost node. Its own logs have them, and the runner tells what became of a run.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            ray.init(address=wanted, log_to_driver=False, logging_level=logging.ERROR)
            # Ray has put its own handler there, which would leave tasks behind.
            signal.signal(signal.SIGTERM, handler)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise _no_cluster(address, " ".join(str(error).split())) from error
        try:
            nodes = alive(ray.nodes())
            share = share_of(nodes, cpus, replicas)
            _refuse_blind(nodes, folders)
            yield partial(do_tasks, share=share)
        finally:
            ray.shutdown()


def _refuse_unless_it_answers(address: str) -> None:
    if address.startswith("ray://"):
        raise _no_cluster(address, "Ray Client (ray://) is not used: give this command on a node of the cluster")
    try:
        command = [sys.executable, "-c", _TRIAL, address]
        tried = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=ANSWERS_WITHIN, check=False)
    except subprocess.TimeoutExpired as error:
        raise _no_cluster(address, f"nothing answered within {ANSWERS_WITHIN:.0f} s") from error
    if tried.returncode:
        raise _no_cluster(address, (tried.stderr.split("\n")[-2:-1] or ["it ended without a word"])[0])


def _no_cluster(address: str, why: str) -> ValueError:
    return ValueError(
        f"No Ray cluster at --cluster {address}: {why.rstrip('.')}. Allowed are HOST:PORT as `ray start --head` prints "
        f"it, of a cluster with the versions of Ray and Python of this environment, and {AUTO}. Start or join one on "
        f"this machine (ray start), or say --cluster {AUTO}."
    )


def _refuse_blind(nodes: Sequence[Node], folders: Sequence[Path]) -> None:
    """Refuses a cluster with a node on which a run could not be trained, as it sees other folders than this machine."""
    with contextlib.ExitStack() as tokens:
        # A folder of this name may lie on each machine: that it is the same one is told by what was put there just now.
        wanted = [folder.absolute() for folder in folders]
        places = {next(place for place in (folder, *folder.parents) if place.is_dir()) for folder in wanted}
        paths = [Path.cwd()]
        for place in sorted(places):
            with contextlib.suppress(OSError):  # It can only be read, as that of the records may be.
                token = tokens.enter_context(tempfile.NamedTemporaryFile(prefix=".seen_by_all_", dir=place))
                paths.append(Path(token.name))
        for node, unseen in unseen_by(nodes, paths):
            raise ValueError(
                f"{node.host} ({node.address}), a node of the cluster, cannot train runs of {Path.cwd()}: {unseen}. "
                "All nodes need this environment, this folder, and those of runs and records, under the same paths: "
                "share them (as by NFS), or take the node out of the cluster."
            )
