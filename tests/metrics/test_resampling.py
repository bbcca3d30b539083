"""How groups and classes are drawn, and left out."""

from collections.abc import Mapping

import numpy as np
import pytest

from conbal_tf.metrics import resampling
from conbal_tf.metrics.bootstrap import bootstrap


def drawn_weights(groups: list[str], labels: list[int], resamples: int = 50) -> np.ndarray:
    """Returns how often each image was drawn [(resamples, n)]."""
    kept: list[np.ndarray] = []

    def keep(weights: np.ndarray) -> Mapping[str, np.ndarray]:
        kept.append(weights)
        return {"n": weights.sum(axis=1)}

    bootstrap(keep, np.array(groups), np.array(labels), resamples=resamples)
    return kept[1]


def test_groups_are_drawn_whole() -> None:
    weights = drawn_weights(["x", "y", "x", "z", "y", "x"], [0] * 6)
    assert (weights[:, 0] == weights[:, 2]).all() and (weights[:, 0] == weights[:, 5]).all()
    assert (weights[:, 1] == weights[:, 4]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert weights[:, 0].min() == 0 and weights[:, 0].max() > 1


def test_every_class_is_drawn_as_often_as_it_is_there() -> None:
    weights = drawn_weights(list("abcdef"), [0, 0, 0, 0, 1, 1])
    assert (weights[:, :4].sum(axis=1) == 4).all() and (weights[:, 4:].sum(axis=1) == 2).all()
    assert weights[:, 4].min() == 0


def test_image_without_a_group_is_drawn_by_itself() -> None:
    weights = drawn_weights(["", "x", "", "x", ""], [0] * 5)
    assert (weights[:, 1] == weights[:, 3]).all()
    assert (weights[:, [0, 1, 2, 4]].sum(axis=1) == 4).all()
    assert (weights[:, 0] != weights[:, 2]).any() and (weights[:, 2] != weights[:, 4]).any()


def test_only_group_of_a_class_stays_and_is_not_left_out() -> None:
    weights = drawn_weights(list("abcdd"), [0, 0, 0, 1, 1])
    assert (weights[:, 3:] == 1).all()
    labels, values = np.array([0, 0, 0, 1, 1]), np.array([1.0, 2, 3, 50, 60])
    found = bootstrap(
        lambda weights: {"mean": weights @ values / weights.sum(axis=1)}, np.array(list("abcdd")), labels, resamples=20
    )["mean"]
    assert found.left_out == pytest.approx([115 / 4, 114 / 4, 113 / 4, 116 / 5])


def test_of_many_groups_several_of_a_class_are_left_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, kept = np.arange(95) % 3, []

    def keep(weights: np.ndarray) -> Mapping[str, np.ndarray]:
        kept.append(weights)
        return {"n": weights.sum(axis=1)}

    monkeypatch.setattr(resampling, "MOST_LEFT_OUT", 10)
    found = bootstrap(keep, np.array([f"{i:02}" for i in range(95)]), labels, resamples=5)["n"]
    assert len(kept[2]) == len(found.left_out) == len(found.strata) <= 12  # type: ignore[arg-type]
    assert ((kept[2] == 0).sum(axis=0) == 1).all()
    for row, stratum in zip(kept[2], found.strata, strict=True):  # type: ignore[arg-type]
        assert set(labels[row == 0]) == {stratum}
