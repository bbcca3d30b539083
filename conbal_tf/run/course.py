"""The course of a run: its stages, one after the other, each where the run folder does not hold its result yet."""

from collections.abc import Sequence
from pathlib import Path

import keras

from conbal_tf.data.split import SplitRecords
from conbal_tf.networks.resnet import backbone
from conbal_tf.run.finishing import evaluate_and_export
from conbal_tf.run.lifetime import write_history
from conbal_tf.run.plan import RunPlan
from conbal_tf.run_folder.lock import contents
from conbal_tf.settings.schema import Network, Settings
from conbal_tf.training.head import HEAD_FEATURES
from conbal_tf.training.images import StageImages
from conbal_tf.training.methods import method_of
from conbal_tf.training.stages import begin, correct_classifier, train_backbone, train_classifier


def train_what_is_missing(
    settings: Settings,
    plan: RunPlan,
    data: SplitRecords,
    run: Path,
    *,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Trains what the run folder does not hold yet, and makes the rest of it anew.

    Args:
        settings: of the run.
        plan: of the run.
        data: the records under the protocol.
        run: run folder.
        callbacks: the user's own, for both stages.

    Raises:
        FileNotFoundError: A result of a stage that is done is missing.
        ValueError: The loss is not finite, or there are checkpoints of which none can be gone on from.
    """
    method, images = method_of(settings), StageImages(data, settings.data)
    if not (run / "backbone.keras").exists():
        begin(settings.training.precision, settings.seed)
        train_backbone(method, new_backbone(settings.network), plan.backbone, images, run, callbacks=callbacks)
    if not (run / "classifier.keras").exists():
        # Anew, so that the head begins alike whether stage 1 was trained in this call or in one before.
        begin(settings.training.precision, settings.seed)
        if plan.head:
            features = HEAD_FEATURES[settings.classifier.features]
            train_classifier(features, plan.head, images, run, callbacks=callbacks)
        elif method.adjust:
            _check_left(run, "stage_1.keras")
            correct_classifier(method, plan.backbone, images, run)
        else:
            _check_left(run, "classifier.keras")
    write_history(run)
    evaluate_and_export(settings, plan, data, run)


def _check_left(run: Path, name: str) -> None:
    """Refuses a run that has lost what its stage 1 saved before backbone.keras, the sign that it is done.

    Raises:
        FileNotFoundError: It has.
    """
    if not (run / name).is_file():
        there = ", ".join(sorted(path.name for path in contents(run)))
        raise FileNotFoundError(
            f"No {name} in {run}, though stage 1 is done there: received a folder with {there}. Stage 1 leaves both; "
            "restore the file, or begin the run anew with --overwrite."
        )


def new_backbone(network: Network) -> keras.Model:
    """Returns the network that stage 1 begins with, images to features."""
    return backbone(
        network.backbone,
        width=network.width,
        weights=network.weights,
        synchronized_batch_norm=network.synchronized_batch_norm,
    )
