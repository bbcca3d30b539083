"""Made-up embeddings, for tests of the contrastive losses."""

import numpy as np


def unit_vectors(rows: int, dimensions: int, seed: int) -> np.ndarray:
    """Returns vectors of length 1 in random directions [(rows, dimensions) float32]."""
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
