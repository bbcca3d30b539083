"""What changes neither contrastive loss: the order of the batch, and a rotation of all embeddings."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from conbal_tf.losses.balanced_contrastive import balanced_contrastive
from conbal_tf.losses.contrastive import supervised_contrastive
from tests.losses.embeddings import unit_vectors

every_loss = pytest.mark.parametrize("loss", [supervised_contrastive, balanced_contrastive])


def over_batch(loss: Callable[..., tuple], z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    values, _ = loss(z, labels, z, labels, anchor_indices=np.arange(len(labels)), temperature=0.1)
    return keras.ops.convert_to_numpy(values)


@every_loss
def test_permuting_the_batch_permutes_the_losses(loss: Callable[..., tuple]) -> None:
    z, labels = unit_vectors(10, 4, 1), np.arange(10) % 3
    order = np.random.default_rng(0).permutation(10)
    np.testing.assert_allclose(over_batch(loss, z[order], labels[order]), over_batch(loss, z, labels)[order], rtol=1e-5)


@every_loss
def test_rotating_all_embeddings_changes_nothing(loss: Callable[..., tuple]) -> None:
    z, labels = unit_vectors(10, 4, 2), np.arange(10) % 3
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))
    turned = (z @ rotation).astype(np.float32)
    np.testing.assert_allclose(over_batch(loss, turned, labels), over_batch(loss, z, labels), rtol=1e-4)
