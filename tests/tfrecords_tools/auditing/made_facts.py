"""Facts of made-up images, for tests of the checks."""

from typing import Any

import numpy as np

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding

CLASS_NAMES = ("common", "rare")


def made_facts(labels: list[int], **known: Any) -> Facts:
    """Returns facts of images a, b, c, ... that differ in everything and have no faults, except as said."""
    count = len(labels)
    ids = np.array([chr(ord("a") + number) if count <= 26 else f"image{number:04d}" for number in range(count)])
    facts = {
        "name": "made",
        "class_names": CLASS_NAMES,
        "ids": ids,
        "labels": np.array(labels),
        "groups": ids,
        "pixel_hashes": ids,
        "official_parts": np.full(count, ""),
        "sizes": np.full((count, 2), 100),
        "colours": np.full((count, 3), 50.0),
        "contrasts": np.full(count, 30.0),
        "black_borders": np.zeros(count),
        "two_coloured": np.zeros(count, bool),
        "near_pairs": np.empty((0, 2), np.int64),
        "reduced_pairs": np.empty((0, 2), np.int64),
    }
    arrays = {name: np.array(value) if isinstance(value, list) else value for name, value in known.items()}
    return Facts(**facts | arrays)


def ids_of(finding: Finding) -> list[list[str]]:
    """Returns the ids of the groups of images that a finding lists."""
    return [[image["id"] for image in group] for group in finding.details["groups"]]
