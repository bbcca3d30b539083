"""The machines of a cluster, and what of them a run takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Node:
    """A machine of a cluster."""

    identity: str
    """By which the cluster knows it."""
    host: str
    address: str
    cpus: int
    gpus: int


@dataclass(frozen=True)
class Share:
    """What a run takes of a node."""

    cpus: int
    gpus: int


def alive(listed: Sequence[Mapping[str, Any]]) -> list[Node]:
    """Returns the nodes that live.

    Args:
        listed: the nodes, as `ray.nodes()` describes them.
    """
    return [
        Node(
            node["NodeID"],
            node["NodeManagerHostname"],
            node["NodeManagerAddress"],
            int(node["Resources"].get("CPU", 0)),
            int(node["Resources"].get("GPU", 0)),
        )
        for node in listed
        if node["Alive"]
    ]


def share_of(nodes: Sequence[Node], cpus: int, replicas: int) -> Share:
    """Returns what each run takes, the same on all nodes.

    Args:
        nodes: those that live.
        cpus: cores for a run; 0: as many as any node that can take runs has for each that its GPUs allow at once, or
            all, as TensorFlow would use them.
        replicas: GPUs for a run, where any node has some; 0: one, as many runs at once are more than one run on many.

    Raises:
        ValueError: No node has so much.

    >>> nodes = [Node("a", "a", "10.0.0.1", cpus=16, gpus=0), Node("b", "b", "10.0.0.2", cpus=32, gpus=4)]
    >>> share_of(nodes, cpus=0, replicas=0), share_of(nodes, cpus=0, replicas=2)
    (Share(cpus=8, gpus=1), Share(cpus=16, gpus=2))
    >>> share_of(nodes[:1], cpus=0, replicas=2)
    Share(cpus=16, gpus=0)
    """
    gpus = max(1, replicas) if any(node.gpus for node in nodes) else 0
    able = [node for node in nodes if node.cpus >= max(1, cpus) and node.gpus >= gpus]
    if not able:
        there = "; ".join(f"{node.host}: {node.cpus} cores, {node.gpus} GPUs" for node in nodes)
        raise ValueError(
            f"No node of the cluster can take a run: it needs {max(1, cpus)} cores (--cpus) and {gpus} GPUs "
            f"(--replicas). Allowed is what one node has ({there}). Ask for less, or start a larger node first."
        )
    shared = [node.cpus // (node.gpus // gpus if gpus else 1) for node in able]
    return Share(cpus or max(1, min(shared)), gpus)
