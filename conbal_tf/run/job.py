"""The whole of a run: records, plan, backbone, classifier, evaluation, export, in its folder.

Nothing slow is imported before the settings are known to be right: a mistake in them is answered at once.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conbal_tf.run.adoption import adopt_stage_1, check_stage_1
from conbal_tf.run.lifetime import TimeSpent, finish, is_finished, refuse_foreign, start
from conbal_tf.run_folder.lock import held
from conbal_tf.settings.save import default_run_folder
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.validate import validate

if TYPE_CHECKING:
    import keras

    from conbal_tf.data.split import SplitRecords
    from tfrecords_tools.build import Prepared

COMMAND = "python -m conbal_tf.train"


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

    `cb.train(cb.Settings())` trains on digits, in two minutes. What cannot work is refused before anything is made:

    >>> import conbal_tf as cb
    >>> cb.train(cb.Settings(replicas=-1))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: replicas is -1; allowed is a whole number from 0 up. Please set it to 0 or more (--replicas, ...
    """
    validate(settings)
    callbacks = _accepted(callbacks)
    run = settings.run or default_run_folder(settings)
    if not overwrite and _found_finished(run, settings):
        return run
    refuse_foreign(run)
    if stage_1_from:
        check_stage_1(run, stage_1_from, settings)
    with held(run, COMMAND, lasts=True, create=True):
        # Asked again: another command may have finished it just before this one had the folder.
        if overwrite or not _found_finished(run, settings):
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
    from conbal_tf.run.course import train_what_is_missing
    from conbal_tf.run.plan import plan_run
    from conbal_tf.run.records import note_leaks, open_data
    from conbal_tf.run.size_note import size_note
    from conbal_tf.training.replicas import strategy

    # Replicas first: a CPU can be divided only before TensorFlow has computed anything.
    replicas = strategy(settings.replicas)
    with replicas.scope(), tempfile.TemporaryDirectory() as spare:
        data = open_data(settings, prepared, Path(spare))
        plan = plan_run(settings, data, replicas.num_replicas_in_sync)
        facts = _facts(data, plan.costs(), replicas.num_replicas_in_sync, stage_1_from)
        # Only now is an earlier run touched: what can be refused has been.
        start(run, settings, data.protocol.read_text(encoding="utf-8"), facts, overwrite=overwrite)
        plan.write(run)
        note_leaks(data, run)
        print(f"Run folder: {run}", size_note(settings), sep="\n", end="")
        print(*plan.lines(), sep="\n", flush=True)
        if stage_1_from:
            adopt_stage_1(run, stage_1_from)
        spent = TimeSpent(run, began)
        train_what_is_missing(settings, plan, data, run, callbacks=[*callbacks, _after_each_epoch(spent)])
    finish(run, seconds=spent.seconds())
    minutes = (time.monotonic() - began) / 60
    print(f"Done in {minutes:.1f} min. Serve {run / 'export'}. A page of it: python -m conbal_tf.report {run}")


def _found_finished(run: Path, settings: Settings) -> bool:
    """Returns whether there is nothing to do, having said so."""
    if finished := is_finished(run, settings):
        print(f"{run} is finished. Its results are in metrics.json; --overwrite trains anew.")
    return finished


def _accepted(callbacks: "Sequence[keras.callbacks.Callback]") -> "Sequence[keras.callbacks.Callback]":
    if not callbacks:  # as from the command line, which answers mistakes before Keras is imported
        return ()
    from conbal_tf.training.given_callbacks import accepted

    return accepted(callbacks)


def _after_each_epoch(spent: TimeSpent) -> "keras.callbacks.Callback":
    import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: spent.note())


def _prepare_records(settings: Settings) -> "Prepared":
    """Returns where the records lie, and what to make them of where they are missing."""
    from conbal_tf.run.origin import origin_of
    from tfrecords_tools.build import prepare_records

    where = (settings.records, settings.data.record_size)
    return prepare_records(
        settings.dataset, origin_of(settings), *where, crop=settings.data.crop, protocol=settings.protocol
    )


def _facts(
    data: "SplitRecords", costs: list[dict[str, Any]], replicas: int, stage_1_from: Path | None
) -> dict[str, Any]:
    """Returns what environment.json holds of the hardware, the records and the cost of each stage."""
    from conbal_tf.training.replicas import gpu_names

    return {
        "gpus": gpu_names(),
        "replicas": replicas,
        "dataset": data.records.facts,
        "budget": costs,
        "stage_1_from": stage_1_from and stage_1_from.name,
    }
