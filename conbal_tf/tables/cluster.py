"""A cluster of Ray as the engine of a table's runs: joined, asked what it has, and left again.

Ray is imported here, in `address` and in `tasks` alone, when `--cluster` asks for it: extra `[cluster]`.
"""

import contextlib
import importlib.util
import logging
import os
import signal
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from conbal_tf.tables.address import address_of, refuse_unless_it_answers
from conbal_tf.tables.nodes import Node, alive, share_of
from conbal_tf.tables.process import Engine
from conbal_tf.tables.tasks import RETRIES, do_tasks, unseen_by


@contextlib.contextmanager
def on_cluster(address: str, cpus: int, replicas: int, folders: Sequence[Path]) -> Iterator[Engine]:
    """Gives the engine that does each job as a task of a Ray cluster; leaves the cluster at the end.

    Args:
        address: HOST:PORT of a cluster; `local`: a new one of this machine alone, which ends with this command; `auto`:
            that of RAY_ADDRESS, or one that runs on this machine, or `local`.
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

    wanted = address_of(address)
    refuse_unless_it_answers(wanted)
    handler = signal.getsignal(signal.SIGTERM)
    # Where Ray's threads print pages on a lost node. Its own logs have them, and the runner tells what became of a run.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            ray.init(address=wanted.value, log_to_driver=False, logging_level=logging.ERROR)
            # Ray has put its own handler there, which would leave tasks behind.
            signal.signal(signal.SIGTERM, handler)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise wanted.no_cluster(" ".join(str(error).split())) from error
        try:
            nodes = alive(ray.nodes())
            share = share_of(nodes, cpus, replicas)
            _refuse_blind(nodes, folders)
            yield partial(do_tasks, share=share)
        finally:
            ray.shutdown()


def _refuse_blind(nodes: Sequence[Node], folders: Sequence[Path]) -> None:
    """Refuses a cluster with a node on which a run could not be trained, as it sees other folders than this machine."""
    with contextlib.ExitStack() as tokens:
        # A folder of this name may lie on each machine: that it is the same one is told by what was put there just now.
        wanted = [folder.absolute() for folder in folders]
        places = {next(place for place in (folder, *folder.parents) if place.is_dir()) for folder in wanted}
        paths = [Path.cwd()]
        for place in sorted(places):
            try:
                token = tokens.enter_context(tempfile.NamedTemporaryFile(prefix=".seen_by_all_", dir=place))
            except OSError:  # It can only be read, as that of the records may be: its name must do.
                paths.append(place)
            else:
                paths.append(Path(token.name))
        for node, unseen in unseen_by(nodes, paths):
            raise ValueError(
                f"{node.host} ({node.address}), a node of the cluster, cannot train runs of {Path.cwd()}: {unseen}. "
                "All nodes need this environment, this folder, and those of runs and records, under the same paths: "
                "share them (as by NFS), or take the node out of the cluster."
            )
