"""Labels of records that were never made."""

import numpy as np

from tfrecords_tools.records import Labels

ISIC = {"MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142}
APTOS = {"no_dr": 1805, "mild": 370, "moderate": 999, "severe": 193, "proliferative": 295}


def labels_of(counts: dict[str, int]) -> Labels:
    """Returns so many images of each class, each different and its own group."""
    numbers = np.repeat(np.arange(len(counts)), list(counts.values()))
    ids = np.array([f"image_{position:05d}" for position in range(len(numbers))])
    return Labels(tuple(counts), ids, numbers, ids, ids, np.full(len(ids), ""))


def counts_of(labels: Labels, parts: np.ndarray, *wanted: str) -> list[int]:
    """Returns how many images of each class are in the wanted parts."""
    return [int((np.isin(parts, wanted) & (labels.labels == c)).sum()) for c in range(len(labels.class_names))]
