"""`python -m conbal_tf.evaluate RUN`: a finished run's scores with intervals, anew from what it has answered.

It reads predictions.csv, so it takes seconds and no TensorFlow.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from conbal_tf.run_folder.lock import held
from conbal_tf.settings.choices import ClassMix
from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.load import parse
from tfrecords_tools.surroundings.command import run_or_exit
from tfrecords_tools.surroundings.typed import typed

PROG = typed("conbal_tf.evaluate")
DESCRIPTION = (
    "Scores a finished run anew, with intervals, into its metrics.json; with --without_leaks also without the test "
    "images that leak."
)
NOTE = (
    "`same class mix` weights each class as in all test images, since leaks are not spread evenly over the classes; "
    "its difference to `all` is what the leaks flatter. Images of groups with several images may also be easier or "
    "harder than others by themselves, and the smaller part has wider error bars: a difference of one run is no proof."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and scores; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG, interrupted="Each file is as before, or anew and whole.")


def _run(arguments: list[str]) -> None:
    options = parse(Evaluating, arguments, PROG, DESCRIPTION)
    with held(options.run, PROG):
        evaluate(
            options.run,
            positive=options.positive,
            specificity=options.specificity,
            class_mix=options.class_mix,
            without_leaks=options.without_leaks,
        )
        if options.pictures:
            _make_pictures(options.run, options.records)


def evaluate(
    run: Path,
    *,
    positive: Sequence[str] = (),
    specificity: float = 0.9,
    class_mix: ClassMix = "fixed",
    without_leaks: bool = False,
) -> None:
    """Scores a finished run: writes metrics.json and calibration.json anew, and prints the first.

    Args:
        run: its folder.
        positive: classes that are to be found; empty: what is known of the data set.
        specificity: share of the other images that are to be left alone.
        class_mix: whether intervals hold the mix of classes `fixed`, or let it be `varied`.
        without_leaks: also score the test images that do not leak, and write metrics_without_leaks.json.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: Its files cannot be read, a positive is no class, or all test images of a class leak.
    """
    from conbal_tf.reporting.table import metrics_table
    from conbal_tf.run_folder.finished_run import read_run
    from conbal_tf.scores.aims import aims_of
    from conbal_tf.scores.calibration import calibrate
    from conbal_tf.scores.metrics_file import score_run

    finished = read_run(run)
    counts, settings = finished.train_counts, finished.settings
    names = tuple(counts)
    aims = aims_of(settings["dataset"], names, settings["data"]["train_parts"], positive, specificity)
    metrics = score_run(run, counts, aims, ordered=finished.is_ordered, class_mix=class_mix)
    calibrate(run)
    print(metrics_table(metrics))
    if without_leaks:
        _without_leaks(run, names)


def _without_leaks(run: Path, class_names: Sequence[str]) -> None:
    from conbal_tf.reporting.leak_table import leak_table
    from conbal_tf.run_folder.split import read_split
    from conbal_tf.run_folder.whole_file import write_whole
    from conbal_tf.scores.prediction_table import read_predictions
    from conbal_tf.scores.without_leaks import score_without_leaks
    from tfrecords_tools.splits.leaks import leak_report

    scores = score_without_leaks(read_predictions(run), read_split(run), class_names)
    print(f"\n{leak_report(scores.leaks)}")
    if scores.leaks.share:
        print(f"\n{leak_table(scores.as_dict())}\n\n{NOTE}")
    path = run / "metrics_without_leaks.json"
    write_whole(path, json.dumps(scores.as_dict(), indent=2) + "\n")
    print(f"Written: {path}")


def _make_pictures(run: Path, records: Path | None) -> None:
    from conbal_tf.run.explaining import make_pictures

    make_pictures(run, records)


if __name__ == "__main__":
    main()
