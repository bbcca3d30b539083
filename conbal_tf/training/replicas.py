"""Which devices train, and how the replicas' tensors become global ones."""

import tensorflow as tf


def strategy(replicas: int = 0) -> tf.distribute.Strategy:
    """Returns the strategy for that many replicas.

    Args:
        replicas: 0 for all visible GPUs, or one CPU where there is none; N for that many GPUs, or N logical CPUs where
            there is no GPU.

    Raises:
        ValueError: There are fewer GPUs, or TensorFlow was used before the CPU could be divided.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus and replicas > len(gpus):
        raise ValueError(
            f"{replicas} replicas were asked for, and {len(gpus)} GPUs are visible. "
            f"Set replicas to at most {len(gpus)}, or 0 for all."
        )
    wanted = replicas or len(gpus) or 1
    if wanted == 1:
        return tf.distribute.get_strategy()
    if not gpus:
        _divide_cpu(wanted)
    kind = "GPU" if gpus else "CPU"
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(wanted)])


def gpu_names() -> list[str]:
    """Returns the names of the visible GPUs."""
    details = map(tf.config.experimental.get_device_details, tf.config.list_physical_devices("GPU"))
    return [detail.get("device_name", "GPU") for detail in details]


def gather(values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the rows of all replicas, and where this replica's rows stand among them.

    Each replica writes its rows into zeros of the global size, and the sum over replicas is the gathered tensor: unlike
    all_gather this works under MultiWorkerMirroredStrategy as well. The gradient flows back to the replica that gave
    the row. Replicas may hold different numbers of rows.

    Args:
        values: this replica's rows [(rows, ...)].

    Returns:
        The rows of all replicas in their order [(global rows, ...)], and the places of this replica's rows [(rows,)
        int32].
    """
    context = tf.distribute.get_replica_context()
    rows = tf.shape(values)[0]
    if context is None or context.num_replicas_in_sync == 1:
        return values, tf.range(rows)
    number = context.replica_id_in_sync_group
    # Each replica fills in its own place, and the sum tells it how many rows the others hold.
    rows_of_each = sum_over_replicas(tf.one_hot(number, context.num_replicas_in_sync, dtype=tf.int32) * rows)
    before = tf.reduce_sum(rows_of_each[:number])
    after = tf.reduce_sum(rows_of_each) - before - rows
    # Of the rows; the other axes are not padded.
    padding = tf.concat([[[before, after]], tf.zeros((tf.rank(values) - 1, 2), tf.int32)], axis=0)
    return sum_over_replicas(tf.pad(values, padding)), before + tf.range(rows)


def sum_over_replicas(value: tf.Tensor) -> tf.Tensor:
    """Returns the sum of a tensor over all replicas, with its gradient."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return value
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)


def _divide_cpu(count: int) -> None:
    (cpu,) = tf.config.list_physical_devices("CPU")
    # Divided so already, as by an earlier run of this process.
    if len(tf.config.get_logical_device_configuration(cpu) or ()) == count:
        return
    try:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"The CPU cannot be divided into {count} replicas, since TensorFlow has been used in this process "
            f"already ({error}). Ask for the replicas before anything else."
        ) from error
