"""Conversion against a loop with Pillow, and against decoding alone: `python -m benchmarks.conversion`.

Reads $CONBAL_TF_DATA/originals, each file many times: JPEGs of ISIC 2018, a PNG of APTOS 2019, and the latter saved as
JPEG, as most fundus cameras do. Pillow's loop is what one writes without this project: open, convert to RGB, resize
antialiased, save with quality 95 and colour at full resolution. Prints images a second by the clock, and the
processor's milliseconds for an image, which other work on the machine hardly changes.
"""

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

Rate = tuple[float, float]  # images a second, processor's milliseconds an image
WAYS = ("pillow", "decode", "ours")
ROW = "{:<14} {:>7} " + "{:>10.1f} {:>7.2f}   " * 3 + "{:>6.2f} {:>6.2f}"


def main() -> None:
    """Prints a row for each kind of original and number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image_size", type=int, default=256, help="shorter side of the records (default: 256)")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each figure, about (default: 5)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    folder = Path(os.environ["CONBAL_TF_DATA"]) / "originals"
    with tempfile.TemporaryDirectory() as place:
        kinds = {
            "ISIC, JPEG": sorted((folder / "isic2018").iterdir()),
            "APTOS, PNG": list((folder / "aptos2019").iterdir()),
        }
        large = Path(place) / "large.jpg"
        Image.open(kinds["APTOS, PNG"][0]).convert("RGB").save(large, quality=95)
        kinds["APTOS, JPEG"] = [large]
        print(f"records of {given.image_size} px; images/s and processor ms an image; ours over Pillow, over decoding")
        print(f"{'originals':<14} workers " + "".join(f"{way:>10} {'ms':>7}   " for way in WAYS) + "/Pillow /decode")
        for kind, paths in kinds.items():
            for workers in given.workers:
                rates = [_measured(way, paths, workers, given.image_size, given.seconds) for way in MEASURES]
                ratios = (rates[2][0] / rates[0][0], rates[2][0] / rates[1][0])
                print(ROW.format(kind, workers, *(number for rate in rates for number in rate), *ratios), flush=True)


def _measured(way: "Measure", paths: list[Path], workers: int, image_size: int, seconds: float) -> Rate:
    """Returns the rate over so many images that they take about the wanted time, and a first few for warming up."""
    first = (paths * 50)[: 10 * workers]
    rate, _ = way(first, workers, image_size)
    return way((paths * 100_000)[: max(len(first), int(rate * seconds))], workers, image_size)


def _pillow(paths: list[Path], workers: int, image_size: int) -> Rate:
    # A process each, since half of Pillow's work holds Python's lock.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_pillow_loop, [paths[:1]] * workers, [image_size] * workers))  # starts them
        began = time.monotonic()
        spent = sum(
            pool.map(_pillow_loop, (paths[number::workers] for number in range(workers)), [image_size] * workers)
        )
        return len(paths) / (time.monotonic() - began), 1000 * spent / len(paths)


def _pillow_loop(paths: list[Path], image_size: int) -> float:
    """Returns the processor's seconds."""
    began = time.process_time()
    for path in paths:
        image = Image.open(path).convert("RGB")
        scale = image_size / min(image.size)
        small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
        small.save(io.BytesIO(), "JPEG", quality=95, subsampling=0)
    return time.process_time() - began


def _decode(paths: list[Path], workers: int, image_size: int) -> Rate:
    """Decodes whole images, in TensorFlow, and does nothing with them."""
    import tensorflow as tf

    from tfrecords_tools.pixels import images

    def one(path: Path) -> None:
        images.decode(tf.io.read_file(str(path)))

    def work() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, paths))

    return _timed(work, len(paths))


def _ours(paths: list[Path], workers: int, image_size: int) -> Rate:
    from tfrecords_tools.conversion import convert
    from tfrecords_tools.tables import Example

    examples = [Example(str(number), "", 0, path) for number, path in enumerate(paths)]
    list(convert(examples[:1], image_size))  # makes the graphs
    return _timed(lambda: list(convert(examples, image_size, workers)), len(paths))


def _timed(work: Callable[[], object], count: int) -> Rate:
    began, spent = time.monotonic(), time.process_time()
    work()
    return count / (time.monotonic() - began), 1000 * (time.process_time() - spent) / count


Measure = Callable[[list[Path], int, int], Rate]
MEASURES: tuple[Measure, ...] = (_pillow, _decode, _ours)

if __name__ == "__main__":
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    main()
