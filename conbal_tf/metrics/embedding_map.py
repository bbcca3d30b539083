"""Features of many dimensions on a plane, for people to look at."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from conbal_tf.metrics.neighbours import nearest

# What t-SNE looks at: on features of small networks 30 directions hold 93-97 % of the variance, and it takes half the
# time of 128. With twice the steps the map is little better (divergence 1.49 for 1.60) and takes twice as long.
DIRECTIONS = 30
STEPS = 500
PERPLEXITY = 30
LARGEST_SAMPLE = 5_000
LEAST_SPREAD = 1e-4
# Images beyond the sample lie amid these of it.
NEIGHBOURS = 3


def embedding_map(features: ArrayLike, labels: ArrayLike, *, seed: int = 0) -> NDArray[np.float32]:
    """Returns a place on a plane for each row of features, by t-SNE: near each other what points the same way.

    It begins at the principal components and draws nothing: the same features give the same map. Of more than
    5,000 rows a sample, stratified by class, is laid out; each other row lies amid its nearest three of it.

    Args:
        features: vectors of any length [(n, d) float]; their direction counts.
        labels: classes, by which a sample is stratified [(n,) int].
        seed: of the sample.

    Returns:
        [(n, 2) float32]; all 0 where the features are all alike, or fewer than four.

    Raises:
        ValueError: A feature is not finite.

    Reference:
        van der Maaten and Hinton (2008), "Visualizing data using t-SNE".
    """
    features, labels = np.asarray(features, np.float32), np.asarray(labels)
    if not np.isfinite(features).all():
        raise ValueError(
            "The features are not finite: received NaN or infinity. Only finite numbers have a place on a map; "
            "training has probably diverged: lower the learning rate or lengthen the warm-up."
        )
    chosen = _stratified(labels, LARGEST_SAMPLE, seed)
    places = np.zeros((len(features), 2), np.float32)
    places[chosen] = _laid_out(features[chosen])
    others = np.setdiff1d(np.arange(len(features)), chosen)
    if len(others):
        near, similarity = nearest(features[chosen], features[others], NEIGHBOURS)
        # Neighbours that all point away still have a middle.
        weights = np.maximum(similarity, 1e-6)[..., np.newaxis]
        places[others] = (places[chosen][near] * weights).sum(axis=1) / weights.sum(axis=1)
    return places


def _laid_out(features: NDArray[np.float32]) -> NDArray[np.float32]:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    directions = features / np.maximum(lengths, np.finfo(np.float32).tiny)
    # Points that all lie together have no principal components to begin with.
    if len(features) < 4 or features.shape[1] < 2 or directions.std(axis=0).max() < LEAST_SPREAD:
        return np.zeros((len(features), 2), np.float32)
    # One thread: several round differently, so that machines would give different maps, and wait for each other where
    # cores are shared (77 s with two, 29 s with one, on two busy cores).
    with threadpool_limits(1):
        few = PCA(min(DIRECTIONS, *features.shape), random_state=0).fit_transform(directions)
        # t-SNE looks at three times as many neighbours as its perplexity.
        perplexity = min(PERPLEXITY, (len(features) - 1) / 3)
        return TSNE(init="pca", max_iter=STEPS, perplexity=perplexity, random_state=0).fit_transform(few)


def _stratified(labels: NDArray[np.integer], size: int, seed: int) -> NDArray[np.intp]:
    """Returns the rows of a sample, in order, in which each class has its share and one row at least."""
    if len(labels) <= size:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    rows = (np.flatnonzero(labels == label) for label in np.unique(labels))
    return np.sort(np.concatenate([random.permutation(own)[: max(1, len(own) * size // len(labels))] for own in rows]))
