"""Run by test_replicas in a process of its own: contrastive steps on N replicas; prints losses and weights as JSON."""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from conbal_tf.networks.heads import projection_head
from conbal_tf.training import contrastive
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.optimizer import CoupledSGD
from conbal_tf.training.replicas import strategy


def main(replicas: int, naive: bool) -> None:
    """Trains six steps on made-up images of four classes, one of them rare, and prints what came out."""
    if naive:  # each replica contrasts its own images alone
        contrastive.gather = lambda values: (values, tf.range(tf.shape(values)[0]))
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    images = random.normal(size=(96, 8, 8, 3)).astype(np.float32)
    labels = random.choice(4, 96, p=[0.5, 0.3, 0.15, 0.05])
    with strategy(replicas).scope():
        layers = [
            keras.layers.Conv2D(8, 3, use_bias=False),
            keras.layers.BatchNormalization(synchronized=True),
            keras.layers.ReLU(),
            keras.layers.GlobalAveragePooling2D(),
        ]
        network = keras.Sequential([keras.Input((8, 8, 3)), *layers])
        head = projection_head(8, hidden_size=16, embedding_size=8)
        model = ContrastiveModel(network, head, temperature=0.1)
        model.build((None, 8, 8, 3))
        model.compile(CoupledSGD(0.1), jit_compile=False)
        batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16)
        losses = model.fit(batches, epochs=2, verbose=0, shuffle=False).history["loss"]
        evaluated = model.evaluate(batches, verbose=0)
    weights = np.concatenate([np.ravel(weight) for weight in model.get_weights()])
    result = {"losses": losses, "evaluated": float(evaluated), "weights": weights.tolist()}
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), naive="naive" in sys.argv)
