"""Splits, and the files that hold them."""

from pathlib import Path

import numpy as np
import pytest

from tfrecords_tools.protocols import PARTS, check_protocol, ensure_protocol, split_paper, thin
from tfrecords_tools.records import Labels


def labels_of(counts: dict[str, int]) -> Labels:
    numbers = np.repeat(np.arange(len(counts)), list(counts.values()))
    ids = np.array([f"image_{position:05d}" for position in range(len(numbers))])
    return Labels(tuple(counts), ids, numbers, ids, ids, np.full(len(ids), ""))


def counts_of(labels: Labels, parts: np.ndarray, *wanted: str) -> list[int]:
    return [int((np.isin(parts, wanted) & (labels.labels == c)).sum()) for c in range(len(labels.class_names))]


ISIC = {"MEL": 1113, "NV": 6705, "BCC": 514, "AKIEC": 327, "BKL": 1099, "DF": 115, "VASC": 142}
APTOS = {"no_dr": 1805, "mild": 370, "moderate": 999, "severe": 193, "proliferative": 295}


@pytest.mark.parametrize(
    ("counts", "developed"),
    [(ISIC, [779, 4694, 360, 229, 769, 81, 99]), (APTOS, [1264, 259, 699, 135, 207])],
)
def test_paper_split_develops_on_the_papers_counts(counts: dict[str, int], developed: list[int]) -> None:
    labels = labels_of(counts)
    parts = split_paper(labels, seed=0)
    assert counts_of(labels, parts, "train", "validation") == developed
    assert counts_of(labels, parts, "test") == [count - n for count, n in zip(counts.values(), developed, strict=True)]
    validation = counts_of(labels, parts, "validation")
    assert all(abs(part - n / 10) <= 0.5 for part, n in zip(validation, developed, strict=True))


def test_split_does_not_depend_on_the_order_of_the_records() -> None:
    labels = labels_of({"a": 40, "b": 20})
    order = np.random.default_rng(1).permutation(60)
    columns = (labels.ids, labels.labels, labels.groups, labels.pixel_hashes, labels.official_parts)
    shuffled = Labels(labels.class_names, *(column[order] for column in columns))
    assert (split_paper(shuffled, seed=3) == split_paper(labels, seed=3)[order]).all()


def test_split_depends_on_the_seed_alone() -> None:
    labels = labels_of({"a": 40, "b": 20})
    assert (split_paper(labels, seed=0) == split_paper(labels, seed=0)).all()
    assert (split_paper(labels, seed=0) != split_paper(labels, seed=1)).any()


def test_three_images_are_one_for_each_part_and_two_are_refused() -> None:
    assert sorted(split_paper(labels_of({"rare": 3}), seed=0)) == sorted(PARTS)
    with pytest.raises(ValueError, match=r"Class 'rare' has 2 images, too few for protocol 'paper'"):
        split_paper(labels_of({"common": 9, "rare": 2}), seed=0)


def test_thinned_training_falls_exponentially_and_the_test_part_stays() -> None:
    labels = labels_of({str(number): 180 for number in range(10)})
    parts = split_paper(labels, seed=0)
    thinned = thin(labels, parts, ratio=20, seed=0)
    train = counts_of(labels, thinned, "train")
    assert train == [round(113 * 20 ** (-number / 9)) for number in range(10)]
    assert counts_of(labels, thinned, "test") == counts_of(labels, parts, "test") == [54] * 10
    assert min(counts_of(labels, thinned, "validation")) == 3
    kept = thinned != ""
    assert (thinned[kept] == parts[kept]).all()


def test_thinning_fits_the_profile_to_a_class_with_few_images() -> None:
    labels = labels_of({"a": 100, "b": 10, "c": 100})
    thinned = thin(labels, np.full(210, "train", dtype=object), ratio=4, seed=0)
    assert counts_of(labels, thinned, "train") == [20, 10, 5]


def test_thinning_chooses_among_all_images_of_a_class() -> None:
    labels = labels_of({"a": 100, "b": 100})
    parts = np.full(200, "train", dtype=object)
    kept = np.flatnonzero(thin(labels, parts, ratio=10, seed=0)[100:])
    assert len(kept) == 10 and kept.max() > 20


def protocol_file(folder: Path, rows: list[tuple[str, str, str]], columns: str = "id,part,group") -> Path:
    path = folder / "paper_seed0.csv"
    path.write_text("\n".join([columns, *(",".join(row) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("image_00000", "train", "g")], r"0 of its ids are no records, and 1 \(image_00001\) records are not in it"),
        (
            [(name, "train", "g") for name in ("image_00000", "image_00001", "stranger")],
            r"1 \(stranger\) of its ids are no records",
        ),
        ([("image_00000", "training", "g")], r"unknown parts: 'training'; allowed: train, validation, test"),
        ([("image_00000", "train", "g")] * 2, r"more than once: 1 \(image_00000\)"),
    ],
)
def test_csv_that_does_not_fit_the_records_is_refused(
    tmp_path: Path, rows: list[tuple[str, str, str]], message: str
) -> None:
    path = protocol_file(tmp_path, rows)
    with pytest.raises(ValueError, match=message) as caught:
        check_protocol(path, labels_of({"a": 2}))
    assert f"Remove {path}" in str(caught.value)


def test_csv_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = protocol_file(tmp_path, [("image_00000", "train", "g")], columns="image,split,group")
    with pytest.raises(ValueError, match=r"columns image, split, group; expected: id, part, group"):
        check_protocol(path, labels_of({"a": 2}))


def test_thinned_protocol_may_leave_records_out(tmp_path: Path) -> None:
    check_protocol(protocol_file(tmp_path, [("image_00000", "train", "g")]), labels_of({"a": 2}), complete=False)


def test_unknown_protocol_and_missing_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Unknown protocol 'papers'\. Allowed: paper"):
        ensure_protocol(tmp_path, "papers", 0)
    with pytest.raises(FileNotFoundError, match="No records in"):
        ensure_protocol(tmp_path / "px8" / "2.0.0", "paper", 0)
