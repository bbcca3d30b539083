"""Which parts of an image crops show, and what a draw costs: `python -m benchmarks.crops`.

Ours, torchvision's (its numbers lie in tests/torchvision_numbers) and `stateless_sample_distorted_bounding_box` of
TensorFlow, by which this project drew before: the same limits, another distribution. Needs no images.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from conbal_tf.data.crop import random_crop
from tests.torchvision_numbers.make_numbers import summary

NUMBERS = Path(__file__).parents[1] / "tests" / "torchvision_numbers" / "numbers.json"
ROW = "{:<12} {:>8}  {:<14} {:>10}  {:>9}  {:>15}  {:>11}  {:>12}"
Draw = Callable[[tf.Tensor, float, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def main() -> None:
    """Prints a row for each size, smallest share and way of drawing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20_000)
    draws = parser.parse_args().draws
    columns = ("mean share", "below .2", "wider than high", "mean aspect", "us a draw")
    print(ROW.format("size", "smallest", "drawn by", *columns))
    for case in json.loads(NUMBERS.read_text("utf-8"))["crops"]:
        size, smallest = tuple(case["size"]), case["smallest"]
        place = (f"{size[1]} x {size[0]}", smallest)
        print(ROW.format(*place, "torchvision", *_figures(case), ""))
        for name, draw in {"ours": random_crop, "TensorFlow": _bounding_box}.items():
            parts, spent = _drawn(draw, size, smallest, draws)
            print(ROW.format(*place, name, *_figures(summary(parts, size, smallest)), f"{spent:.0f}"), flush=True)


def _figures(case: dict[str, float]) -> tuple[str, ...]:
    names = ("mean_share", "below_a_fifth", "wider_than_high", "mean_aspect")
    return tuple(f"{case[name]:.3f}" for name in names)


def _drawn(draw: Draw, size: tuple[int, int], smallest: float, count: int) -> tuple[np.ndarray, float]:
    """Returns top, left, height and width [(count, 4) int32], and the processor's microseconds for each."""

    def part(number: tf.Tensor) -> tf.Tensor:
        return tf.concat(draw(tf.constant(size), smallest, tf.stack([tf.constant(0, tf.int64), number])), axis=0)

    parts = tf.data.Dataset.range(count).map(part, num_parallel_calls=1).batch(count)
    next(iter(parts.take(1)))
    began = time.process_time()
    found = next(iter(parts)).numpy()
    return found, 1e6 * (time.process_time() - began) / count


def _bounding_box(size: tf.Tensor, smallest: float, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    corner, part, _ = tf.image.stateless_sample_distorted_bounding_box(
        tf.concat([size, [3]], axis=0),
        tf.constant([[[0.0, 0.0, 1.0, 1.0]]]),
        seed=seed,
        min_object_covered=0.0,
        aspect_ratio_range=(3 / 4, 4 / 3),
        area_range=(smallest, 1.0),
        max_attempts=10,
    )
    return corner[:2], part[:2]


if __name__ == "__main__":
    main()
