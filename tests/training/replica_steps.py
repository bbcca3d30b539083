"""Run by test_replicas in a process of its own: steps on N replicas; prints losses and weights as JSON."""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from conbal_tf.data.pipeline import SecondLabel
from conbal_tf.data.records import Records
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.heads import projection_head
from conbal_tf.run.plan import plan_run
from conbal_tf.settings.methods import Contrastive, Drw
from conbal_tf.settings.schema import Classifier, Settings, Training
from conbal_tf.training import balanced_contrastive, classification, contrastive, global_mean
from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.learning import Task
from conbal_tf.training.methods import method_of
from conbal_tf.training.optimizer import CoupledSGD
from conbal_tf.training.replicas import strategy
from tests.training.made_stages import made_stage

UPDATES = 12
# Methods whose loss looks at the whole batch: at its hardest share, its weights, its known sites, its embeddings.
GLOBAL_METHODS = ("ohem", "ldam_drw", "mtl", "balanced_contrastive")
random = np.random.default_rng(0)
IMAGES = random.normal(size=(96, 8, 8, 3)).astype(np.float32)
LABELS = random.choice(4, 96, p=[0.5, 0.3, 0.15, 0.05])
SITES = random.choice([-1, 0, 1, 2], 96, p=[0.5, 0.3, 0.15, 0.05])


def network(*layers: keras.layers.Layer) -> keras.Model:
    """Returns a small network: a convolution, these layers, a mean over the places."""
    convolution = keras.layers.Conv2D(8, 3, use_bias=False)
    return keras.Sequential([keras.Input((8, 8, 3)), convolution, *layers, keras.layers.GlobalAveragePooling2D()])


def forget_the_others(replicas: int) -> None:
    """Makes each replica take its mean and its contrasts over its own images alone; the means are averaged."""
    for module in (classification, contrastive, balanced_contrastive):
        module.gather = lambda values: (values, tf.range(tf.shape(values)[0]))  # type: ignore[attr-defined]
    global_mean.sum_over_replicas = lambda value: value * replicas


def fitted(model: keras.Model, targets: Any, stepper: keras.Optimizer, **options: Any) -> tuple[tf.data.Dataset, dict]:
    """Returns the batches, and the losses of two epochs of six updates on them with the weights after those."""
    model.build((None, 8, 8, 3))
    model.compile(stepper, jit_compile=False, **options)
    stepper.build(model.trainable_variables)  # else the step is traced twice, which is what takes the time here
    batches = tf.data.Dataset.from_tensor_slices((IMAGES, targets)).batch(16)
    losses = model.fit(batches, epochs=2, verbose=0, shuffle=False).history["loss"]
    weights = np.concatenate([np.ravel(weight) for weight in model.get_weights()])
    return batches, {"losses": losses, "weights": weights.tolist()}


def contrastive_steps() -> dict:
    """Trains and evaluates the contrastive model; batch norm is over all replicas."""
    keras.utils.set_random_seed(0)
    backbone = network(keras.layers.BatchNormalization(synchronized=True), keras.layers.ReLU())
    model = ContrastiveModel(backbone, projection_head(8, hidden_size=16, embedding_size=8), temperature=0.1)
    batches, result = fitted(model, LABELS, CoupledSGD(0.1))
    return result | {"evaluated": float(model.evaluate(batches, verbose=0))}


def method_steps(name: str) -> dict:
    """Trains by one of GLOBAL_METHODS."""
    keras.utils.set_random_seed(0)
    stepper = CoupledSGD(0.05)
    own: dict = {"contrastive": Contrastive(0.1, hidden_size=16, embedding_size=8), "drw": Drw(begin=0.25)}
    method = method_of(Settings(method=name, **own))  # type: ignore[arg-type]
    second = SecondLabel("localization", ("back", "ear", "face"))
    stage = made_stage(np.bincount(LABELS), updates=UPDATES, second_label=second)
    task = Task(stage, lambda: keras.ops.convert_to_tensor(stepper.iterations))
    learner = method.learn(network(keras.layers.ReLU()), task)
    targets = {"label": LABELS, "localization": SITES} if name == "mtl" else LABELS
    return fitted(learner.model, targets, stepper, **learner.compile_options)[1]


def refusal(batch_size: int, replicas: int) -> str:
    """Returns what planning a stage with that batch says, "" where it is accepted."""
    index = pd.DataFrame({"id": [str(number) for number in range(40)], "label": [0, 1] * 20})
    records = Records(builder=None, class_names=("a", "b"), index=index)  # type: ignore[arg-type]
    settings = Settings(training=Training(batch_size=batch_size), classifier=Classifier(batch_size=16))
    try:
        plan_run(settings, SplitRecords(records, {"train": [*index["id"]]}, Path()), replicas)
    except ValueError as error:
        return str(error)
    return ""


def all_steps(methods: bool) -> dict:
    """Returns what came out of the contrastive model, or of each of GLOBAL_METHODS."""
    return {name: method_steps(name) for name in GLOBAL_METHODS} if methods else contrastive_steps()


def main(replicas: int, methods: bool) -> None:
    """Trains on made-up images of four classes, one of them rare, on one replica and on several; prints what came out.

    One process does both: the CPU is divided before anything else, and without a strategy its first part computes.
    """
    shared = strategy(replicas)
    one = all_steps(methods)
    with shared.scope():
        several, refusals = all_steps(methods), {str(size): refusal(size, replicas) for size in (15, 16)}
        forget_the_others(replicas)
        naive = all_steps(methods)
    print(json.dumps({"one": one, "several": several, "naive": naive, "refusals": refusals}))


if __name__ == "__main__":
    main(int(sys.argv[1]), methods="methods" in sys.argv)
