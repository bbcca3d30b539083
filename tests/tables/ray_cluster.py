"""A Ray cluster of two nodes with a core each, on this machine: `python -m tests.tables.ray_cluster`.

It prints its address. Of the lines of its input, `second` kills the second node, as a machine dies, and `all` whatever
is left; the input's end ends what lives.
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
    for line in sys.stdin:
        if line == "second\n":
            second.kill_raylet(check_alive=False)
        else:
            for node in cluster.list_all_nodes():
                node.kill_all_processes(check_alive=False, allow_graceful=False)
        print("killed", flush=True)
    cluster.shutdown()


if __name__ == "__main__":
    main()
