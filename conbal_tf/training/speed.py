"""How fast this machine trains a network, measured on made-up images."""

import time

import keras
import numpy as np

from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.networks.resnet import backbone
from conbal_tf.settings.schema import Data, Network, Training

PROBE_PIXELS = 16 * 224**2
PROBE_SECONDS = 5.0


def images_per_second(data: Data, network: Network, training: Training) -> float:
    """Returns how many images a second one device trains on, without the reading of records.

    Args:
        data: its image size is used.
        network: the backbone.
        training: its precision and batch size are used; a small batch stands for a large one, which is rather quicker.
    """
    keras.config.set_dtype_policy(training.precision)
    features = backbone(network.backbone, width=network.width)
    model = classifier(features, classifier_head(features.output_shape[-1], 2), softmax=False)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss=loss, jit_compile=False)
    side = data.image_size
    count = max(1, min(training.batch_size, PROBE_PIXELS // side**2))
    batch = np.zeros((count, side, side, 3), np.float32), np.zeros(count, np.int32)
    model.train_on_batch(*batch)  # builds the graph
    began, steps = time.monotonic(), 0
    while time.monotonic() - began < PROBE_SECONDS:
        model.train_on_batch(*batch)
        steps += 1
    return steps * count / (time.monotonic() - began)
