"""The two stages: the backbone by the chosen method, then the softmax head on the frozen backbone."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from conbal_tf.data.inference import answers_of
from conbal_tf.data.pipeline import SecondLabel, View, training_batches
from conbal_tf.data.schedule import visits_per_epoch
from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.heads import classifier, classifier_head
from conbal_tf.networks.resnet import backbone
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.length import parse_length
from conbal_tf.settings.schema import Network, Settings
from conbal_tf.training.checkpoint import forget
from conbal_tf.training.diagnosis import CollapseWatch, advice_if_collapsed, advice_if_diverged, first_judged_update
from conbal_tf.training.fitting import CHECKPOINTS, fit
from conbal_tf.training.head import HEAD_FEATURES
from conbal_tf.training.learning import Learner, Task
from conbal_tf.training.methods import METHODS, Method
from conbal_tf.training.plan import Plan, backbone_plan, classifier_plan, optimizer, second_label
from conbal_tf.training.saving import save
from conbal_tf.training.scoring import Labelled, answer_score, labelled_images

# The bank of the nearest-neighbour score: enough for a steady number, few enough to cost a few per cent of an epoch.
BANK_PER_CLASS = 100


def train_backbone(
    settings: Settings, data: SplitRecords, run: Path, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> None:
    """Stage 1, under the current strategy: trains the backbone, and saves backbone.keras.

    Where a head was trained with it, the whole is saved, too: as classifier.keras if that is the result, as
    stage_1.keras if the head is still to be corrected.

    Args:
        settings: of the run.
        data: the records under the protocol.
        run: run folder.
        callbacks: the user's own, called last.
    """
    method, training = METHODS[settings.method], settings.training
    _prepare(settings)
    plan = backbone_plan(settings, data)
    stepper = optimizer(training, plan)
    second = second_label(settings, data)
    task = _task(settings, data, plan, lambda: keras.ops.convert_to_tensor(stepper.iterations), second)
    learner = method.learner(_backbone(settings.network), task)
    learner.model.build((None, settings.data.image_size, settings.data.image_size, 3))
    # Not "auto": XLA breaks collectives inside a replica, and is slower on the CPU.
    learner.model.compile(stepper, jit_compile=False, **learner.compile_options)
    _build_optimizer(learner.model)
    view = View.of(settings.data, views=training.views, seed=settings.seed)
    validation = labelled_images(data, data.rows("validation"), settings.data)
    fit(
        learner.model,
        lambda start: training_batches(
            data.records,
            data.ids(*settings.data.train_parts),
            view,
            sampling=settings.sampling,
            batch_size=training.batch_size * method.candidates(settings),
            start=start,
            second=second,
        ).map(lambda images, labels: (images, learner.targets(labels))),
        plan,
        run,
        score=_score(method, learner, data, validation, settings),
        advice=advice_if_diverged(training),
        callbacks=[*_watch(learner, settings, plan, run), *callbacks],
    )
    if learner.head is not None and not method.retrains_head:
        name = "classifier.keras" if method.adjust is None else "stage_1.keras"
        save(classifier(learner.network, learner.head), run / name)
    save(learner.network, run / "backbone.keras")
    forget(run / CHECKPOINTS)


def finish_classifier(
    settings: Settings, data: SplitRecords, run: Path, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> None:
    """Stage 2, under the current strategy: saves classifier.keras, with a new head or with stage 1's, corrected.

    Args:
        settings: of the run.
        data: the records under the protocol.
        run: run folder, with the results of stage 1.
        callbacks: the user's own, called last.
    """
    method = METHODS[settings.method]
    if method.adjust is None:
        train_classifier(settings, data, run, callbacks)
        return
    _prepare(settings)
    trained = keras.models.load_model(run / "stage_1.keras", compile=False)
    _, network, head, _ = trained.layers
    validation = labelled_images(data, data.rows("validation"), settings.data)
    task = _task(settings, data, backbone_plan(settings, data), lambda: tf.constant(0), None)
    chosen = method.adjust(head, answers_of(network)(validation.batches), validation.labels, task)
    print(f"{settings.method}: " + " · ".join(f"{name} {value:.4f}" for name, value in chosen.items()))
    write_whole(run / "adjustment.json", json.dumps(chosen, indent=2) + "\n")
    save(trained, run / "classifier.keras")


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
    plan = classifier_plan(settings, data)
    network = keras.models.load_model(run / "backbone.keras", compile=False)
    # Not trainable means, in Keras, that batch norm runs in inference mode as well.
    network.trainable = False
    head = classifier_head(network.output_shape[-1], len(data.records.class_names))
    task = HEAD_FEATURES[settings.classifier.features](network, head, data, settings)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    task.model.compile(optimizer(settings.classifier, plan), loss=loss, metrics=["accuracy"], jit_compile=False)
    _build_optimizer(task.model)
    answers = answers_of(task.model)
    fit(
        task.model,
        task.batches_from,
        plan,
        run,
        score=lambda logs: answer_score(answers, None, task.validation),
        advice=advice_if_diverged(settings.classifier),
        callbacks=callbacks,
    )
    save(classifier(network, head), run / "classifier.keras")
    forget(run / CHECKPOINTS)


def _prepare(settings: Settings) -> None:
    # Recent GPUs multiply float32 matrices with 10 bits of mantissa unless told not to: too few for a similarity over
    # a temperature of 0.05. Who wants that speed sets the precision to mixed_bfloat16.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    keras.config.set_dtype_policy(settings.training.precision)
    keras.utils.set_random_seed(settings.seed)


def _build_optimizer(model: keras.Model) -> None:
    """Makes the optimiser's variables now: made in the first step, they would have Keras trace the step twice."""
    model.optimizer.build(model.trainable_variables)


def _backbone(network: Network) -> keras.Model:
    return backbone(
        network.backbone,
        width=network.width,
        weights=network.weights,
        synchronized_batch_norm=network.synchronized_batch_norm,
    )


def _task(
    settings: Settings,
    data: SplitRecords,
    plan: Plan,
    updates_done: Callable[[], tf.Tensor],
    second: SecondLabel | None,
) -> Task:
    counts = data.records.class_counts(data.ids(*settings.data.train_parts))
    visits = visits_per_epoch(counts, settings.sampling)
    return Task(settings, counts, visits, plan.updates, updates_done, len(second.values) if second else 0)


def _score(
    method: Method, learner: Learner, data: SplitRecords, validation: Labelled, settings: Settings
) -> Callable[[Mapping[str, float]], dict[str, float]]:
    answering = classifier(learner.network, learner.head, softmax=False) if learner.head else learner.model
    answers, parts = answers_of(answering), settings.data.train_parts
    collapsed = learner.collapsed_loss
    bank = labelled_images(data, data.balanced_sample(parts, BANK_PER_CLASS, settings.seed), settings.data)

    def score(logs: Mapping[str, float]) -> dict[str, float]:
        above = {} if collapsed is None else {"loss_above_collapse": logs["loss"] - collapsed}
        return above | method.score(answers, bank, validation)

    return score


def _watch(learner: Learner, settings: Settings, plan: Plan, run: Path) -> list[keras.callbacks.Callback]:
    if learner.collapsed_loss is None:
        return []
    warmup = parse_length(settings.training.warmup).updates(plan.schedule_steps)
    first = first_judged_update(warmup, plan.steps_per_epoch)
    return [CollapseWatch(run, learner.collapsed_loss, first, advice_if_collapsed(settings))]
