"""The line below which learning begins, against the losses themselves."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.metrics.collapsed_loss import collapsed_balanced_loss, collapsed_contrastive_loss
from tests import reference, reference_losses


def test_values_of_the_papers_batch() -> None:
    assert collapsed_contrastive_loss(192) == pytest.approx(5.25, abs=0.005)
    assert collapsed_contrastive_loss(384) == pytest.approx(5.95, abs=0.005)
    assert collapsed_contrastive_loss(384, 0.05 / 0.07) == pytest.approx(5.95 * 5 / 7, abs=0.005)
    assert collapsed_balanced_loss(7, 2.0) == pytest.approx(2 * math.log(7))


@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=20),
    temperature=st.sampled_from([0.01, 0.1, 1.0]),
    seed=st.integers(0, 99),
)
def test_every_anchor_of_equal_embeddings_has_this_loss_whatever_the_class_counts(
    labels: list[int], temperature: float, seed: int
) -> None:
    one = np.random.default_rng(seed).normal(size=8)
    embeddings = np.tile(one / np.linalg.norm(one), (len(labels), 1))
    losses = reference.supervised_contrastive(embeddings, np.array(labels), temperature)
    expected = collapsed_contrastive_loss(len(labels))
    assert [loss for loss in losses if loss is not None] == pytest.approx(
        [expected] * sum(labels.count(label) > 1 for label in labels), abs=1e-9
    )
    with_prototypes = np.vstack([embeddings, embeddings[:1].repeat(5, axis=0)])
    balanced = reference_losses.balanced_contrastive(
        with_prototypes, np.array([*labels, *range(5)]), len(labels), temperature
    )
    assert balanced == pytest.approx([collapsed_balanced_loss(5)] * len(labels), abs=1e-9)


def test_batch_of_one_embedding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nothing to compare.*received 1 embeddings.*raise --training.batch_size"):
        collapsed_contrastive_loss(1)
