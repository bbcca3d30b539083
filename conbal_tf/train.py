"""`python -m conbal_tf.train`: records, backbone, classifier, evaluation, export: the whole job, in a run folder.

Nothing slow is imported before the settings are known to be right: `--help` and a mistake are answered at once.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conbal_tf.run.adoption import adopt_stage_1, check_stage_1
from conbal_tf.run.folder import TimeSpent, finish, is_finished, refuse_foreign, start, write_history
from conbal_tf.run_folder.lock import held
from conbal_tf.settings.load import load
from conbal_tf.settings.save import default_run_folder
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.validate import validate
from tfrecords_tools.surroundings.command import run_or_exit

if TYPE_CHECKING:
    import keras

    from conbal_tf.data.split import SplitRecords
    from tfrecords_tools.build import Prepared

PROG = "python -m conbal_tf.train"


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and trains; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG, interrupted="The same command goes on after the last whole epoch.")


def _run(arguments: list[str]) -> None:
    settings, options = load(arguments, PROG, "Train, evaluate and export.")
    train(settings, overwrite=options.overwrite, stage_1_from=options.stage_1_from)


def train(
    settings: Settings,
    *,
    overwrite: bool = False,
    stage_1_from: Path | None = None,
    callbacks: "Sequence[keras.callbacks.Callback]" = (),
) -> Path:
    """Does the whole job; called again after a crash it goes on where it stopped.

    Args:
        settings: of the run.
        overwrite: starts anew, whatever the run folder holds.
        stage_1_from: a finished run of cross-entropy whose stage 1 is taken, where the method begins with it.
        callbacks: Keras callbacks of one's own, for both stages. One that stops a stage, as EarlyStopping does, ends it
            for good: called again, the run goes on with what comes after. What an interrupted run recalls of them
            stands in `conbal_tf.training.memory`; EarlyStopping goes on with the patience that was left.

    Returns:
        The run folder.

    Raises:
        ValueError: A setting does not fit another, the data, or the run that the folder holds; another command uses
            that folder; or a callback cannot work with the schedule of a stage.
        FileNotFoundError: There are neither records nor images.
    """
    validate(settings)
    callbacks = _accepted(callbacks)
    run = settings.run or default_run_folder(settings)
    if not overwrite and is_finished(run, settings):
        print(f"{run} is finished. Its results are in metrics.json; --overwrite trains anew.")
        return run
    refuse_foreign(run)
    if stage_1_from:
        check_stage_1(run, stage_1_from, settings)
    with held(run, PROG, lasts=True, create=True):
        _train(settings, run, overwrite, stage_1_from, callbacks)
    return run


def _train(
    settings: Settings,
    run: Path,
    overwrite: bool,
    stage_1_from: Path | None,
    callbacks: "Sequence[keras.callbacks.Callback]",
) -> None:
    """Does the whole job in a folder that is this process's own."""
    began = time.monotonic()
    # What is wrong with the images is found now; they are converted when TensorFlow knows its replicas.
    prepared = _prepare_records(settings)
    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    from conbal_tf.run.records import note_leaks, open_data
    from conbal_tf.training.plan import size_note
    from conbal_tf.training.replicas import strategy

    # Replicas first: a CPU can be divided only before TensorFlow has computed anything.
    replicas = strategy(settings.replicas)
    with replicas.scope(), tempfile.TemporaryDirectory() as spare:
        data = open_data(settings, prepared, Path(spare))
        facts = _facts(settings, data, replicas.num_replicas_in_sync)
        facts["stage_1_from"] = stage_1_from and stage_1_from.name
        start(run, settings, data.protocol.read_text(encoding="utf-8"), facts, overwrite=overwrite)
        note_leaks(data, run)
        print(f"Run folder: {run}", size_note(settings), sep="\n", end="", flush=True)
        if stage_1_from:
            adopt_stage_1(run, stage_1_from)
        spent = TimeSpent(run, began)
        _train_and_evaluate(settings, data, run, [*callbacks, _after_each_epoch(spent.note)])
    finish(run, seconds=spent.seconds())
    _say_done(run, time.monotonic() - began)


def _accepted(callbacks: "Sequence[keras.callbacks.Callback]") -> "Sequence[keras.callbacks.Callback]":
    if not callbacks:  # as from the command line, which answers mistakes before Keras is imported
        return ()
    from conbal_tf.training.given_callbacks import accepted

    return accepted(callbacks)


def _say_done(run: Path, seconds: float) -> None:
    print(f"Done in {seconds / 60:.1f} min. Serve {run / 'export'}. A page of it: python -m conbal_tf.report {run}")


def _after_each_epoch(action: Callable[[], object]) -> "keras.callbacks.Callback":
    import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: action())


def _prepare_records(settings: Settings) -> "Prepared":
    """Returns where the records lie, and what to make them of where they are missing."""
    from conbal_tf.run.origin import origin_of
    from tfrecords_tools.build import prepare_records

    where = (settings.records, settings.data.record_size)
    return prepare_records(
        settings.dataset, origin_of(settings), *where, crop=settings.data.crop, protocol=settings.protocol
    )


def _facts(settings: Settings, data: "SplitRecords", replicas: int) -> dict[str, Any]:
    """Returns what environment.json holds of the hardware, the records and the cost of each stage."""
    from conbal_tf.training.plan import budget
    from conbal_tf.training.replicas import gpu_names

    return {
        "gpus": gpu_names(),
        "replicas": replicas,
        "dataset": data.records.facts,
        "budget": budget(settings, data),
    }


def _train_and_evaluate(
    settings: Settings, data: "SplitRecords", run: Path, callbacks: "Sequence[keras.callbacks.Callback]"
) -> None:
    """Trains what the run folder does not hold yet, and makes the rest of it anew."""
    from conbal_tf.run.finishing import evaluate_and_export
    from conbal_tf.training.stages import finish_classifier, train_backbone

    if not (run / "backbone.keras").exists():
        train_backbone(settings, data, run, callbacks)
    if not (run / "classifier.keras").exists():
        finish_classifier(settings, data, run, callbacks)
    write_history(run)
    evaluate_and_export(settings, data, run)


if __name__ == "__main__":
    main()
