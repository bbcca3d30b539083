"""Which reduced copies an audit finds, and strangers taken for such: `python -m benchmarks.reduced_copies DIR`.

Of a sample of the images, copies are made at several sizes, saved as JPEG, and looked for among all images. For the
strangers, every second image is taken for one of half its size: none of it is a copy.
"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tfrecords_tools.auditing.facts import Facts, gather_facts
from tfrecords_tools.auditing.measuring import Measurement, measure, measure_all, open_image
from tfrecords_tools.auditing.reduced_copies import find_reduced
from tfrecords_tools.auditing.sources import Source, open_source
from tfrecords_tools.splits.groups import joined_groups

FACTORS = (1.5, 2, 3, 4, 5, 8, 10)
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "nearest": Image.Resampling.NEAREST}
SAMPLE = 150
QUALITY = 60


def main() -> None:
    """Prints the share of copies that are found, a row for each filter, and the false pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, help="folder of a download, or records")
    source = open_source(parser.parse_args().images)
    facts = gather_facts(source)
    measured = {row.id: one for row, one in measure_all(source.rows()) if isinstance(one, Measurement)}
    measurements = [measured[name] for name in facts.ids]
    sizes = facts.sizes.copy()
    sizes[::2] //= 2
    false = _strangers(_found(measurements, sizes), facts)
    pairs = len(sizes[::2]) * len(sizes[1::2])
    print(f"{len(false)} false among {pairs / 1e6:.1f} million pairs: {facts.ids[false[:5]].tolist()}")
    chosen = np.random.default_rng(0).permutation(len(facts.ids))[:SAMPLE]
    images = _images(source, facts.ids[chosen].tolist())
    print(f"{'filter':8}" + "".join(f"1/{factor:<6}" for factor in FACTORS))
    for name, way in FILTERS.items():
        shares = [
            _recall(measurements, facts, chosen, [_reduced(one, factor, way) for one in images]) for factor in FACTORS
        ]
        print(f"{name:8}" + "".join(f"{share:<8.2f}" for share in shares))


def _images(source: Source, ids: Sequence[str]) -> list[Image.Image]:
    found = {row.id: open_image(row.source) for row in source.rows() if row.id in set(ids)}
    return [found[name] for name in ids]


def _reduced(image: Image.Image, factor: float, way: Image.Resampling) -> Image.Image:
    small = image.resize((max(1, round(image.width / factor)), max(1, round(image.height / factor))), way)
    content = io.BytesIO()
    small.save(content, "JPEG", quality=QUALITY)
    return open_image(content.getvalue())


def _found(measurements: Sequence[Measurement], sizes: np.ndarray) -> np.ndarray:
    sketches, hashes, colours = (
        np.stack([getattr(one, name) for one in measurements]) for name in ("sketch", "perceptual_hash", "colour")
    )
    return find_reduced(sketches, hashes, sizes, colours)


def _strangers(pairs: np.ndarray, facts: Facts) -> np.ndarray:
    """Returns the pairs that neither share a group nor look alike by their hashes, directly or over others."""
    near = facts.near_pairs if facts.near_pairs is not None else np.empty((0, 2), np.int64)
    links = np.concatenate([np.arange(len(facts.ids)), near[:, 1]]).astype(str)
    kin = joined_groups(facts.joined[np.concatenate([np.arange(len(facts.ids)), near[:, 0]])], links)[: len(facts.ids)]
    return pairs[kin[pairs[:, 0]] != kin[pairs[:, 1]]]


def _recall(
    measurements: Sequence[Measurement], facts: Facts, chosen: np.ndarray, copies: Sequence[Image.Image]
) -> float:
    made = [measure(copy) for copy in copies]
    sizes = np.concatenate([facts.sizes, [(copy.height, copy.width) for copy in copies]])
    first, second = _found([*measurements, *made], sizes).T
    is_copy = first >= len(facts.ids)
    return len(np.unique(first[is_copy][chosen[first[is_copy] - len(facts.ids)] == second[is_copy]])) / len(copies)


if __name__ == "__main__":
    main()
