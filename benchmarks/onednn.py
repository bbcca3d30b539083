"""What oneDNN's kernels gain in training: `python -m benchmarks.onednn`.

TensorFlow takes oneDNN by itself only on processors with newer instructions; this project asks for it always. Trains
the small network of the reduced experiments on made-up images with and without it, in turns, each in its own process.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

BATCH, SIDE, WIDTH, UPDATES = 192, 32, 16, 20


def main() -> None:
    """Prints the images per second of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--measure", action="store_true", help="measure this process alone")
    flags = parser.parse_args()
    if flags.measure:
        print(_images_per_second())
        return
    rates: dict[str, list[float]] = {"0": [], "1": []}
    for _ in range(flags.turns):
        for choice, measured in rates.items():
            environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": choice}
            command = [sys.executable, "-m", "benchmarks.onednn", "--measure"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            measured.append(float(done.stdout.split()[-1]))
    without, with_it = (statistics.median(measured) for measured in rates.values())
    print(f"resnet10_small of width {WIDTH}, batches of {BATCH} images of {SIDE} pixels, median of {flags.turns} turns")
    print(f"without oneDNN {without:.0f} images/s, with it {with_it:.0f}: {with_it / without:.2f} times")


def _images_per_second() -> float:
    from tfrecords_tools.quiet import import_tensorflow

    import_tensorflow()
    import keras
    import tensorflow as tf

    from conbal_tf.networks.heads import classifier_head
    from conbal_tf.networks.resnet import backbone
    from conbal_tf.training.optimizer import CoupledSGD

    network = backbone("resnet10_small", width=WIDTH)
    model = keras.Sequential([network, classifier_head(network.output_shape[-1], 7)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(CoupledSGD(0.1), loss=loss, jit_compile=False)
    batch = (tf.random.normal((BATCH, SIDE, SIDE, 3)), tf.zeros((BATCH,), tf.int32))
    batches = tf.data.Dataset.from_tensors(batch).repeat(UPDATES)
    model.fit(batches, verbose=0)  # traces
    began = time.monotonic()
    model.fit(batches, verbose=0)
    return UPDATES * BATCH / (time.monotonic() - began)


if __name__ == "__main__":
    main()
