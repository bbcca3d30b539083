"""Features on a plane: clusters stay clusters, the same features give the same map, odd features give one."""

import numpy as np
import pytest

from conbal_tf.metrics import embedding_map as module
from conbal_tf.metrics.embedding_map import embedding_map
from conbal_tf.metrics.neighbours import nearest_neighbour_labels


def clusters(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Returns directions around three centres, at any length, and which centre each is around."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, n)
    directions = random.normal(size=(3, 12))[labels] + 0.3 * random.normal(size=(n, 12))
    return directions * random.uniform(0.1, 10, (n, 1)), labels


def apart(places: np.ndarray, labels: np.ndarray) -> float:
    """Returns the share of points whose nearest other point is of the same cluster."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(axis=1)] == labels).mean())


def test_clusters_stay_apart_whatever_the_lengths_and_every_time_alike() -> None:
    features, labels = clusters(150)
    places = embedding_map(features, labels)
    assert places.shape == (150, 2)
    assert places.dtype == np.float32
    assert apart(places, labels) == 1.0
    np.testing.assert_array_equal(places, embedding_map(features, labels))


def test_images_beyond_the_sample_lie_amid_their_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_SAMPLE", 60)
    features, labels = clusters(200)
    chosen = module._stratified(labels, 60, 0)
    places = embedding_map(features, labels)
    others = np.setdiff1d(np.arange(200), chosen)
    assert len(others) > 130
    assert len(np.unique(places, axis=0)) > 150
    centres = np.stack([places[chosen][labels[chosen] == label].mean(axis=0) for label in range(3)])
    np.testing.assert_array_equal(np.linalg.norm(places[others, None] - centres, axis=2).argmin(axis=1), labels[others])
    assert (nearest_neighbour_labels(features[chosen], labels[chosen], features[others]) == labels[others]).all()


def test_each_class_has_its_share_of_the_sample_and_one_row_at_least() -> None:
    labels = np.repeat([0, 1, 2], [800, 199, 1])
    chosen = module._stratified(labels, 100, 0)
    assert np.bincount(labels[chosen]).tolist() == [80, 19, 1]
    assert (np.diff(chosen) > 0).all()


@pytest.mark.parametrize(
    "features",
    [np.ones((20, 5)), np.zeros((20, 5)), np.eye(3), np.ones((1, 4)), np.ones((0, 4)), np.arange(20.0)[:, None]],
    ids=["alike", "zeros", "three", "one", "none", "one dimension"],
)
def test_features_without_a_map_lie_in_one_place(features: np.ndarray) -> None:
    places = embedding_map(features, np.zeros(len(features), int))
    assert places.shape == (len(features), 2)
    assert not places.any()


@pytest.mark.parametrize("n", [4, 7, 20])
def test_few_images_have_a_map_too(n: int) -> None:
    features, labels = clusters(n)
    places = embedding_map(features, labels)
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == n


def test_features_on_a_line_have_a_map() -> None:
    features = np.stack([np.ones(30), np.linspace(0, 1e-2, 30)], axis=1)
    assert np.isfinite(embedding_map(features, np.zeros(30, int))).all()


def test_features_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match=r"not finite.*training has probably diverged"):
        embedding_map([[1.0, np.nan], [0.0, 1.0]], [0, 1])
