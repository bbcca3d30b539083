"""Jobs as tasks of a Ray cluster: each a process on some node, begun again elsewhere when that node is lost."""

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from conbal_tf.tables.log import Tail
from conbal_tf.tables.nodes import Node, Share
from conbal_tf.tables.process import Failure, Job, work

FOLLOW_EVERY = 2.0
# How often a job is begun again after the loss of its node or process; a training that fails by itself never is.
RETRIES = 3
# How often a task is told to end, and how many seconds it may take for that.
CANCELLED_TIMES, CANCELLED_WITHIN = 3, 15.0
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def do_tasks(
    take: Callable[[], Job | None], heard: Callable[[Job, str], object], share: Share
) -> Iterator[tuple[Job, Failure]]:
    """Does jobs on the cluster that this process has joined, as many at once as it has room for.

    Args:
        take: returns the next job that may begin, or None where there is none now; asked again and again.
        heard: gets each line of a job's log, which is read here from the folder that all nodes share.
        share: what each job takes of a node.

    Yields:
        Each job, and why it failed or None.
    """
    import ray

    task = ray.remote(num_cpus=share.cpus, num_gpus=share.gpus, max_retries=RETRIES)(work_there)
    home, begun = Path.cwd(), dict[Any, tuple[Job, Tail]]()
    try:
        while True:
            while (job := take()) is not None:
                tail = Tail(job.log)
                begun[task.remote(job, home, share.cpus)] = job, tail
            if not begun:
                return
            ended, _ = ray.wait(list(begun), timeout=FOLLOW_EVERY)
            for job, tail in begun.values():
                for line in tail.lines():
                    heard(job, line)
            for reference in ended:
                yield begun.pop(reference)[0], _failure(reference)
    except BaseException:  # Ctrl-C foremost, and the end of who listens: nothing is left working alone.
        _cancel(list(begun))
        raise


def work_there(job: Job, home: Path, cpus: int) -> Failure:
    """Returns None when a job is done on this node, or why it has failed, in a line.

    Args:
        job: what to do.
        home: in which folder, so that paths mean what they mean to who gave the command.
        cpus: how many cores are its own.
    """
    os.chdir(home)
    # Ray keeps Ctrl-C from all that it starts; the training needs it, to end as it does at a terminal.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # TensorFlow would take all cores of the node, those of other runs, too.
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(cpus)
    return work(job)


def unseen_by(nodes: Sequence[Node], paths: Sequence[Path]) -> Iterator[tuple[Node, str]]:
    """Yields each node that cannot do what this one can, and why.

    Args:
        nodes: all that live.
        paths: what each must see.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    look = ray.remote(num_cpus=0)(missing)
    places = [NodeAffinitySchedulingStrategy(node.identity, soft=False) for node in nodes]
    # All at once: the first task on a node takes seconds.
    asked = [look.options(scheduling_strategy=place).remote(list(paths)) for place in places]
    for node, reference in zip(nodes, asked, strict=True):
        try:
            unseen = ray.get(reference)
        except ray.exceptions.RayError as error:
            yield node, _first_sentence(error)
        else:
            if unseen:
                yield node, f"it does not see {unseen[0]}"


def missing(paths: Sequence[Path]) -> list[Path]:
    """Returns those of the paths that are not there on this node."""
    return [path for path in paths if not path.exists()]


def _failure(reference: Any) -> Failure:
    import ray

    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:  # Of ours, on the node: a folder that is gone, a full disk.
        return f"{type(error.cause).__name__}: {error.cause}"
    except ray.exceptions.RayError as error:
        return f"Its node or process was lost, the last time of {RETRIES + 1}: {_first_sentence(error)}"


def _first_sentence(error: BaseException) -> str:
    lines = [line.strip() for line in _COLOURS.sub("", str(error)).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__


def _cancel(references: list[Any]) -> None:
    """Ends tasks as Ctrl-C would, and waits until their processes are gone."""
    import ray

    if not references:
        return
    left = references
    try:
        for _ in range(CANCELLED_TIMES):
            # Told again: a task that was about to begin may not have heard it.
            for reference in left:
                ray.cancel(reference)
            _, left = ray.wait(left, num_returns=len(left), timeout=CANCELLED_WITHIN)
            if not left:
                return
    except KeyboardInterrupt:  # Again: somebody does not want to wait.
        pass
    for reference in left:
        ray.cancel(reference, force=True)
