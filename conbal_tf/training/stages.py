"""The two stages: the backbone by the chosen method, then the softmax head on the frozen backbone.

Both go on after an interruption (`fit`), under the strategy in whose scope they are called. What they train and for how
long, the plan has decided before (`conbal_tf.run.plan`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.data.inference import answers_of
from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.training.checkpoint import forget
from conbal_tf.training.diagnosis import CollapseWatch, advice_if_diverged, first_judged_update
from conbal_tf.training.fitting import CHECKPOINTS, fit
from conbal_tf.training.head import HeadFeatures
from conbal_tf.training.images import StageImages
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.methods import Method
from conbal_tf.training.saving import save
from conbal_tf.training.scoring import answer_score
from conbal_tf.training.stage import Stage, optimizer


def begin(precision: str, seed: int) -> None:
    """Makes Keras ready for a stage; networks are made after this, so that their weights are those of the seed.

    Args:
        precision: Keras dtype policy.
        seed: of weights.
    """
    # Recent GPUs multiply float32 matrices with 10 bits of mantissa unless told not to: too few for a similarity over
    # a temperature of 0.05. Who wants that speed sets the precision to mixed_bfloat16.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    keras.config.set_dtype_policy(precision)
    keras.utils.set_random_seed(seed)


def train_backbone(
    method: Method,
    backbone: keras.Model,
    stage: Stage,
    images: StageImages,
    run: Path,
    *,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Stage 1: trains the backbone, and saves backbone.keras.

    Where a head was trained with it, the whole is saved, too: as classifier.keras if that is the result, as
    stage_1.keras if the head is still to be corrected.

    Args:
        method: what it learns with.
        backbone: images to features, as it begins.
        stage: how long, on which images, and how fast.
        images: what is trained and scored on.
        run: run folder.
        callbacks: the user's own, called last.
    """
    stepper = optimizer(stage)
    learner = method.learn(backbone, Task(stage, lambda: keras.ops.convert_to_tensor(stepper.iterations)))
    learner.model.build((None, images.shown.image_size, images.shown.image_size, 3))
    # Not "auto": XLA breaks collectives inside a replica, and is slower on the CPU.
    learner.model.compile(stepper, jit_compile=False, **learner.compile_options)
    _build_optimizer(learner.model)
    batches_from = images.batches_of(stage)
    fit(
        learner.model,
        lambda start: batches_from(start).map(lambda inputs, labels: (inputs, learner.targets(labels))),
        stage,
        run,
        score=_score(method, learner, images, stage.seed),
        advice=advice_if_diverged(stage),
        callbacks=[*_watch(learner, stage, run), *callbacks],
    )
    if learner.head is not None and not method.retrains_head:
        name = "classifier.keras" if method.adjust is None else "stage_1.keras"
        save(classifier(learner.network, learner.head), run / name)
    # Last, since it is the sign that stage 1 is done; until it is there, checkpoints are what is gone on from.
    save(learner.network, run / "backbone.keras")
    forget(run / CHECKPOINTS)


def correct_classifier(method: Method, stage: Stage, images: StageImages, run: Path) -> None:
    """Stage 2 of a method that corrects stage 1's head: saves classifier.keras.

    Args:
        method: how the head is corrected.
        stage: stage 1, which was trained.
        images: whose validation part is looked at.
        run: run folder, with the stage_1.keras of stage 1.
    """
    trained = keras.models.load_model(run / "stage_1.keras", compile=False)
    # Images, backbone, head and softmax, as `classifier` put them together.
    _, network, head, _ = trained.layers
    validation = images.validation()
    # Nothing is trained here, so there are no updates to count.
    task = Task(stage, lambda: tf.constant(0))
    chosen = method.correct(head, answers_of(network)(validation.batches), validation.labels, task)
    print(f"{stage.name}: " + " · ".join(f"{name} {value:.4f}" for name, value in chosen.items()))
    write_whole(run / "adjustment.json", json.dumps(chosen, indent=2) + "\n")
    save(trained, run / "classifier.keras")


def train_classifier(
    features: HeadFeatures,
    stage: Stage,
    images: StageImages,
    run: Path,
    *,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Stage 2: trains the softmax head on balanced classes, on the frozen backbone, and saves classifier.keras.

    Args:
        features: how the head is fed, a value of `HEAD_FEATURES`.
        stage: how long, and how fast.
        images: what is trained and scored on.
        run: run folder, with the backbone.keras that is to be frozen.
        callbacks: the user's own, called last.
    """
    network = keras.models.load_model(run / "backbone.keras", compile=False)
    # Not trainable means, in Keras, that batch norm runs in inference mode as well.
    network.trainable = False
    head = classifier_head(network.output_shape[-1], len(stage.class_counts))
    task = features(network, head, images, stage)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    task.model.compile(optimizer(stage), loss=loss, metrics=["accuracy"], jit_compile=False)
    _build_optimizer(task.model)
    answers = answers_of(task.model)
    fit(
        task.model,
        task.batches_from,
        stage,
        run,
        score=lambda logs: answer_score(answers, None, task.validation),
        advice=advice_if_diverged(stage),
        callbacks=callbacks,
    )
    save(classifier(network, head), run / "classifier.keras")
    forget(run / CHECKPOINTS)


def _build_optimizer(model: keras.Model) -> None:
    """Makes the optimiser's variables now: made in the first step, they would have Keras trace the step twice."""
    model.optimizer.build(model.trainable_variables)


def _score(
    method: Method, learner: Learner, images: StageImages, seed: int
) -> Callable[[Mapping[str, float]], dict[str, float]]:
    answering = classifier(learner.network, learner.head, softmax=False) if learner.head else learner.model
    answers, collapsed = answers_of(answering), learner.collapsed_loss
    bank, validation = images.bank(seed), images.validation()

    def score(logs: Mapping[str, float]) -> dict[str, float]:
        above = {} if collapsed is None else {"loss_above_collapse": logs["loss"] - collapsed}
        return above | method.score(answers, bank, validation)

    return score


def _watch(learner: Learner, stage: Stage, run: Path) -> list[keras.callbacks.Callback]:
    if learner.collapsed_loss is None:
        return []
    first = first_judged_update(stage.rate.warmup_updates, stage.steps_per_epoch)
    return [CollapseWatch(run, learner.collapsed_loss, first, learner.advice)]
