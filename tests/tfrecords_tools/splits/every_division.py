"""Which divisions of a few groups there are, found by looking at every one."""

import itertools

import numpy as np


def can_be_dealt(has: np.ndarray, parts: int, begun: np.ndarray) -> bool:
    """Returns whether groups [(G, C) bool] can give each part every class that it has not begun [(parts, C) bool]."""
    return any(
        all((has[np.array(division) == part].any(axis=0) | begun[part]).all() for part in range(parts))
        for division in itertools.product(range(parts), repeat=len(has))
    )


def can_be_folded(has: np.ndarray, folds: int, begun: np.ndarray) -> bool:
    """Returns whether groups can be test parts with every class, of which train and validation can do without any."""
    return any(
        all(
            has[division == fold].any(axis=0).all() and can_be_dealt(has[division != fold], 2, begun)
            for fold in range(folds)
        )
        for division in map(np.array, itertools.product(range(folds), repeat=len(has)))
    )
