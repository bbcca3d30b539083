"""`python -m conbal_tf.export RUN`: a finished run's classifier as a SavedModel once more, calibrated if wanted.

Nothing slow is imported before the flags and the run are known to be right.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conbal_tf.run_folder.lock import held
from conbal_tf.settings.exporting import Exporting, read_prior
from conbal_tf.settings.load import parse, read_settings_file
from conbal_tf.settings.paths import check_model_place
from tfrecords_tools.surroundings.command import run_or_exit
from tfrecords_tools.surroundings.typed import typed

if TYPE_CHECKING:
    from conbal_tf.metrics.calibration import Calibration

PROG = typed("conbal_tf.export")
DESCRIPTION = "Exports a finished run's classifier for TF Serving, as a version of its own."


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and exports; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG)


def _run(arguments: list[str]) -> None:
    options = parse(Exporting, arguments, PROG, DESCRIPTION)
    with held(options.run, PROG):
        export(options.run, options.out, calibrate=options.calibrate, prior=options.prior)


def export(run: Path, out: Path | None = None, *, calibrate: bool = False, prior: Sequence[str] = ()) -> Path:
    """Writes a finished run's classifier as a SavedModel; what was exported before stays.

    Args:
        run: its folder.
        out: folder to make; None: the next version in `run / "export"`.
        calibrate: whether what calibration.json holds becomes part of the graph; it is made where it is missing.
        prior: with `calibrate`, `name=share` of each class in the place where the model will serve.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: Its files cannot be read, the prior is none, or something is at `out`.
    """
    from conbal_tf.run_folder.files import file_of
    from conbal_tf.run_folder.finished_run import read_run

    names = tuple(read_run(run).train_counts)
    settings = read_settings_file(run / "settings.toml")
    weights, place = file_of(run, "classifier.keras"), _free_place(run, out)
    if prior and not calibrate:
        raise ValueError("--prior is received without --calibrate, which it changes. Add --calibrate, or leave it out.")
    calibration = _calibration(run, names, prior) if calibrate else None

    from tfrecords_tools.surroundings.quiet import import_tensorflow

    import_tensorflow()
    from conbal_tf.data.pipeline import TestView
    from conbal_tf.networks.heads import load_classifier
    from conbal_tf.serving import export as serving

    classifier, shown = load_classifier(weights, len(names)), settings.data
    serving.export(
        classifier,
        names,
        TestView.of(shown),
        shown.record_size,
        place,
        crop=shown.crop,
        bits=settings.bits,
        calibration=calibration,
        replace=False,
    )
    print(f"Written: {place}{', calibrated' if calibrate else ''}")
    return place


def _free_place(run: Path, out: Path | None) -> Path:
    """Returns a folder that is not there yet."""
    if out is None:
        check_model_place(run, "RUN (--out names another place)")
        versions = [int(path.name) for path in (run / "export").glob("*") if path.name.isdecimal()]
        return run / "export" / str(max(versions, default=0) + 1)
    check_model_place(out, "--out")
    if out.exists():
        raise ValueError(f"{out} exists already. A model is written to a new folder; give --out another, or remove it.")
    return out


def _calibration(run: Path, names: tuple[str, ...], prior: Sequence[str]) -> "Calibration":
    """Returns what is to become of the probabilities, having told what it does to the test part's."""
    elsewhere = read_prior(prior, names) if prior else None
    from conbal_tf.metrics.calibration import Calibration, prior_offsets
    from conbal_tf.reporting.calibration_table import calibration_table
    from conbal_tf.scores.calibration import calibration_of

    found = calibration_of(run, names)
    print(calibration_table(found), end="\n\n", flush=True)
    here = [found["class_prior"][name] for name in names]
    calibration = Calibration(found["temperature"], prior_offsets(here, found["prior_strength"]))
    return calibration.elsewhere(here, elsewhere) if elsewhere else calibration


if __name__ == "__main__":
    main()
