"""The two stages: the backbone by the chosen method, then the softmax head on the frozen backbone."""

import math
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.data.inference import answers_of
from conbal_tf.data.pipeline import View, epoch_length, training_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.networks.resnet import backbone
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.schema import Classifier, Network, Settings, Training
from conbal_tf.training.fitting import Plan, fit, forget_backup, save
from conbal_tf.training.head import HEAD_FEATURES
from conbal_tf.training.methods import METHODS
from conbal_tf.training.optimizer import CoupledSGD, warmup_cosine
from conbal_tf.training.scoring import answer_score, labelled_images

# The bank of the nearest-neighbour score: enough for a steady number, few enough to cost a few per cent of an epoch.
BANK_PER_CLASS = 100
# Keras's epochs, at the end of which it reports, are whole epochs of the schedule, as many as keep to this number.
MOST_REPORTS = 200


def train_backbone(
    settings: Settings, data: SplitRecords, run: Path, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> None:
    """Stage 1, under the current strategy: trains the backbone, and saves backbone.keras.

    A method that trains the head with the backbone saves classifier.keras, too.

    Args:
        settings: of the run.
        data: the records under the protocol.
        run: run folder.
        callbacks: the user's own, called last.
    """
    method, training = METHODS[settings.method], settings.training
    _prepare(settings)
    ids = data.ids(*settings.data.train_parts)
    view = View.of(settings.data, views=training.views, seed=settings.seed)
    plan = _plan(settings.method, training, epoch_length(data.records, ids, settings.sampling))
    network = _backbone(settings.network)
    model = method.build(network, settings, len(data.records.class_names))
    model.build((None, settings.data.image_size, settings.data.image_size, 3))
    # Not "auto": XLA breaks collectives inside a replica, and is slower on the CPU.
    loss = method.loss()
    metrics = ["accuracy"] if loss else None
    model.compile(_optimizer(training, plan), loss=loss, metrics=metrics, jit_compile=False)
    bank = labelled_images(
        data, data.balanced_sample(settings.data.train_parts, BANK_PER_CLASS, settings.seed), settings.data
    )
    validation = labelled_images(data, data.rows("validation"), settings.data)
    answers = answers_of(model)
    fit(
        model,
        lambda start: training_batches(
            data.records, ids, view, sampling=settings.sampling, batch_size=training.batch_size, start=start
        ),
        plan,
        run,
        score=lambda: method.score(answers, bank, validation),
        callbacks=callbacks,
    )
    if method.has_head:
        save(classifier(network, model.get_layer("classifier_head")), run / "classifier.keras")
    save(network, run / "backbone.keras")
    forget_backup(run, plan.stage)


def train_classifier(
    settings: Settings, data: SplitRecords, run: Path, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> None:
    """Stage 2, under the current strategy: trains the softmax head on balanced classes, and saves classifier.keras.

    Args:
        settings: of the run.
        data: the records under the protocol.
        run: run folder, with the backbone.keras that is to be frozen.
        callbacks: the user's own, called last.
    """
    _prepare(settings)
    ids = data.ids(*settings.data.train_parts)
    plan = _plan("classifier", settings.classifier, epoch_length(data.records, ids, "balanced"))
    network = keras.models.load_model(run / "backbone.keras", compile=False)
    # Not trainable means, in Keras, that batch norm runs in inference mode as well.
    network.trainable = False
    head = classifier_head(network.output_shape[-1], len(data.records.class_names))
    task = HEAD_FEATURES[settings.classifier.features](network, head, data, settings)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    task.model.compile(_optimizer(settings.classifier, plan), loss=loss, metrics=["accuracy"], jit_compile=False)
    answers = answers_of(task.model)
    fit(
        task.model,
        task.batches_from,
        plan,
        run,
        score=lambda: answer_score(answers, None, task.validation),
        callbacks=callbacks,
    )
    save(classifier(network, head), run / "classifier.keras")
    forget_backup(run, plan.stage)


def check_lengths(settings: Settings, data: SplitRecords) -> None:
    """Makes the plans of all stages of the run, so that a mistake in the last is known before the first.

    Args:
        settings: of the run.
        data: the records under the protocol.

    Raises:
        ValueError: A batch is larger than an epoch or no multiple of the replicas, or a warm-up leaves nothing.
    """
    ids = data.ids(*settings.data.train_parts)
    stages: list[tuple[str, Training | Classifier, str]] = [(settings.method, settings.training, settings.sampling)]
    if not METHODS[settings.method].has_head:
        stages.append(("classifier", settings.classifier, "balanced"))
    for stage, lengths, sampling in stages:
        _optimizer(lengths, _plan(stage, lengths, epoch_length(data.records, ids, sampling)))


def _prepare(settings: Settings) -> None:
    # Recent GPUs multiply float32 matrices with 10 bits of mantissa unless told not to: too few for a similarity over
    # a temperature of 0.05. Who wants that speed sets the precision to mixed_bfloat16.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    keras.config.set_dtype_policy(settings.training.precision)
    keras.utils.set_random_seed(settings.seed)


def _backbone(network: Network) -> keras.Model:
    return backbone(
        network.backbone,
        width=network.width,
        weights=network.weights,
        synchronized_batch_norm=network.synchronized_batch_norm,
    )


def _plan(stage: str, lengths: Training | Classifier, epoch_images: int) -> Plan:
    if lengths.batch_size > epoch_images:
        raise ValueError(
            f"A batch of {lengths.batch_size} images ({stage}) is larger than an epoch, which has {epoch_images}. "
            f"Set its batch_size to at most {epoch_images}."
        )
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    if lengths.batch_size % replicas:
        raise ValueError(
            f"A batch of {lengths.batch_size} images ({stage}) cannot be shared equally by {replicas} replicas. "
            f"Set its batch_size to a multiple of {replicas}, or ask for other --replicas."
        )
    schedule_steps = epoch_images // lengths.batch_size
    updates = parse_length(lengths.length).updates(schedule_steps)
    # A score, a log row and a backup of the weights every few updates would take longer than the training.
    steps = schedule_steps * math.ceil(updates / (MOST_REPORTS * schedule_steps))
    return Plan(stage, schedule_steps, steps, updates, lengths.batch_size)


def _optimizer(rates: Training | Classifier, plan: Plan) -> CoupledSGD:
    warmup = parse_length(rates.warmup).updates(plan.schedule_steps) if isinstance(rates, Training) else 0
    schedule = warmup_cosine(
        rates.learning_rate,
        first=rates.warmup_learning_rate if isinstance(rates, Training) else rates.learning_rate,
        last=rates.final_learning_rate,
        warmup_updates=warmup,
        updates=plan.updates,
    )
    return CoupledSGD(schedule, rates.momentum, rates.weight_decay)
