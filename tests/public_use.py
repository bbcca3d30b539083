"""Every public name as a user writes it; `make check` sees its types, `test_public.py` that none is left out."""

from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import conbal_tf as cb


def use(photos: tf.data.Dataset, counts: np.ndarray, file: Path) -> Path:
    """Returns the run folder of a job; what comes before it is what a Keras user picks out."""
    batches = cb.balanced_batches(photos, 32, seed=1)
    network: keras.Model = cb.backbone("resnet10_small", width=8)
    head = cb.projection_head(64, hidden_size=16, embedding_size=8)
    optimizer = cb.CoupledSGD(cb.warmup_cosine(0.5, first=0.1, last=0.0, warmup_updates=1, updates=10))
    model = cb.ContrastiveModel(network, head, temperature=0.1)
    model.compile(optimizer)
    model.fit(batches, steps_per_epoch=1)
    cb.BalancedContrastiveModel(network, head, n_classes=2).compile("sgd")

    priors = partial(cb.adjusted_cross_entropy, log_prior=np.log(counts))
    margins = partial(cb.ldam, margins=cb.ldam_margins(counts), scale=30.0)
    focal = partial(cb.focal, gamma=2.0, class_weights=cb.effective_number_weights(counts))
    for loss, top in ((priors, cb.classifier_head), (margins, cb.cosine_head), (focal, cb.classifier_head)):
        whole = cb.classifier(network, top(64, 2), softmax=False)
        whole.compile("sgd", loss=cb.GlobalMean(loss), metrics=[cb.QuadraticWeightedKappa(2)])
    z, labels = np.eye(2, dtype=np.float32), np.array([0, 1])
    for contrastive in (cb.supervised_contrastive, cb.balanced_contrastive):
        losses, _ = contrastive(z, labels, z, labels, anchor_indices=labels, temperature=0.1)
        print(losses)
    settings: cb.Settings = cb.read_settings(file)
    return cb.train(settings, overwrite=True)
