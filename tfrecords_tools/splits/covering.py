"""Whole groups to parts so that no part lacks a class, searched for exactly: a covering problem in whole numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

MOST_NODES = 300
"""Of the solver's tree. A bound on steps, not on time, ends at the same place on a slow machine."""
GAP = 0.05
"""How much more than the least cost a covering may have: what is left over is dealt out afterwards anyway."""
SPREAD = 0.01
"""How far seeds change the costs, so that each seed has a covering of its own."""
_INFEASIBLE = 2  # among scipy's codes


class NoCoveringError(Exception):
    """No covering was found."""

    def __init__(self, classes: Sequence[int], is_proved: bool) -> None:
        """Keeps why.

        Args:
            classes: those that cannot all be in every part; without any of them the others can. All classes, where
                nothing is proved.
            is_proved: whether there is no covering; else the search has come to its bound.
        """
        super().__init__(f"No covering for classes {list(classes)} (proved: {is_proved}).")
        self.classes = tuple(classes)
        self.is_proved = is_proved


def cover(counts: np.ndarray, needs: np.ndarray, shares: Sequence[float], seed: int) -> np.ndarray:
    """Returns the part of a few groups, small ones for small parts, that give every part the classes it needs.

    Groups of equal counts are interchangeable, so how many of each kind go to a part is all that is searched for.

    Args:
        counts: images of each class in each group [(G, C) int].
        needs: whether a part needs an image of a class [(P, C) bool].
        shares: of each part, above 0 [P numbers].
        seed: of the choice among equals.

    Returns:
        The place in `shares` for each group, -1 for those that are not needed [(G,) int].

    Raises:
        NoCoveringError: There is none, or none was found within `MOST_NODES`.
    """
    parts = np.full(len(counts), -1)
    if not needs.any():
        return parts
    scarce = np.flatnonzero((counts > 0).sum(axis=0) < needs.sum(axis=0))
    if len(scarce):
        raise NoCoveringError(scarce[:1].tolist(), is_proved=True)
    kinds, kind_of, sizes = np.unique(counts, axis=0, return_inverse=True, return_counts=True)
    found = _solve(kinds, sizes, needs, _costs(kinds, counts.sum(axis=0), shares, seed))
    if found.x is None:
        is_proved = found.status == _INFEASIBLE
        classes = _binding(kinds, sizes, needs) if is_proved else range(needs.shape[1])
        raise NoCoveringError(classes, is_proved)
    taken = np.rint(found.x).astype(int).reshape(len(kinds), len(shares))
    for kind, wanted in enumerate(taken):
        of_kind = np.random.default_rng([seed, kind]).permutation(np.flatnonzero(kind_of == kind))
        parts[of_kind[: wanted.sum()]] = np.repeat(np.arange(len(shares)), wanted)
    return parts


def _costs(kinds: np.ndarray, totals: np.ndarray, shares: Sequence[float], seed: int) -> np.ndarray:
    """Returns what a group of each kind costs in each part: the shares of its classes that it uses up [(K, P)]."""
    used = (kinds / np.maximum(totals, 1)).sum(axis=1)
    chance = np.random.default_rng(seed).uniform(1, 1 + SPREAD, (len(kinds), len(shares)))
    return used[:, None] / np.asarray(shares) * chance


def _solve(kinds: np.ndarray, sizes: np.ndarray, needs: np.ndarray, costs: np.ndarray) -> "OptimizeResult":
    """Returns scipy's answer, its `x` how many groups of each kind go to each part [(K * P,) float], or None."""
    # Here, since it takes half a second, which most splits need not wait for.
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    parts = len(needs)
    # Of each kind, no more groups than there are; for each need, at least one group that has the class. The bound is
    # on groups, not images: counts would let halves and thirds of a large group do.
    of_kind = sparse.kron(sparse.eye(len(kinds)), np.ones((1, parts)))
    has_class = (kinds > 0).astype(float).T
    needed = [sparse.kron(has_class[needs[part]], np.eye(parts)[[part]]) for part in range(parts) if needs[part].any()]
    rules = [LinearConstraint(of_kind, 0, sizes), LinearConstraint(sparse.vstack(needed, format="csr"), 1, np.inf)]
    return milp(
        costs.ravel(),
        integrality=np.ones(costs.size),
        bounds=Bounds(0, np.repeat(sizes, parts)),
        constraints=rules,
        options={"node_limit": MOST_NODES, "mip_rel_gap": GAP},
    )


def _binding(kinds: np.ndarray, sizes: np.ndarray, needs: np.ndarray) -> list[int]:
    """Returns classes that cannot all be in every part, though they could without any one of them."""
    kept = np.asarray(needs.any(axis=0))
    # The most frequent classes first, so that what is left over are rare ones, which a user can do something about.
    for label in np.argsort(-(sizes[:, None] * kinds).sum(axis=0), kind="stable"):
        without = kept.copy()
        without[label] = False
        if _solve(kinds, sizes, needs & without, np.ones((len(kinds), len(needs)))).status == _INFEASIBLE:
            kept = without
    return np.flatnonzero(kept).tolist()
