"""A Ray cluster of two nodes with a core each, on this machine: `python -m tests.tables.ray_cluster`.

It prints its address. A line on its input kills the second node, as a machine dies; the input's end ends the first.
"""

import os
import sys

NAME = "tests.tables.ray_cluster"


def main() -> None:
    """Lives until its input ends."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    print(cluster.address, flush=True)
    if sys.stdin.readline():
        second.kill_raylet(check_alive=False)
        print("killed", flush=True)
        sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main()
