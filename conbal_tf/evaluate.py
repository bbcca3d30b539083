"""`python -m conbal_tf.evaluate RUN`: a finished run's score, and with `--without_leaks` what is left of it honestly.

It reads what the run has answered (predictions.csv), so it takes a second and no TensorFlow.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.load import exit_with, parse

PROG = "python -m conbal_tf.evaluate"
DESCRIPTION = "Shows a finished run's score; with --without_leaks also without the test images that leak."
NOTE = (
    "`same class mix` weights each class as in all test images, since leaks are not spread evenly over the classes; "
    "its difference to `all` is what the leaks flatter. Images of groups with several images may also be easier or "
    "harder than others by themselves, and the smaller part has wider error bars: a difference of one run is no proof."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and scores; a user's mistake is one line and exit code 2."""
    options = parse(Evaluating, sys.argv[1:] if arguments is None else arguments, PROG, DESCRIPTION)
    try:
        evaluate(options.run, without_leaks=options.without_leaks)
    except (ValueError, OSError) as error:
        exit_with(error, PROG, options.debug)


def evaluate(run: Path, *, without_leaks: bool = False) -> None:
    """Prints a finished run's score.

    Args:
        run: its folder.
        without_leaks: also score the test images that do not leak, and write metrics_without_leaks.json.

    Raises:
        FileNotFoundError: The run is not finished.
        ValueError: Its files cannot be read, or all test images of a class leak.
    """
    from conbal_tf.reporting.finished_run import read_run
    from conbal_tf.reporting.table import metrics_table

    metrics = read_run(run).metrics
    print(metrics_table(metrics))
    if without_leaks:
        _without_leaks(run, metrics["class_names"])


def _without_leaks(run: Path, class_names: Sequence[str]) -> None:
    import pandas as pd

    from conbal_tf.evaluation.without_leaks import score_without_leaks
    from conbal_tf.reporting.finished_run import file_of
    from conbal_tf.reporting.leak_table import leak_table
    from conbal_tf.training.run_folder import write_whole
    from tfrecords_tools.leaks import leak_report

    # A class or a group may be called NA.
    predictions, protocol = (
        pd.read_csv(
            file_of(run, name), keep_default_na=False, dtype={"id": str, "group": str, "label": str, "predicted": str}
        )
        for name in ("predictions.csv", "protocol.csv")
    )
    scores = score_without_leaks(predictions, protocol, class_names)
    print(f"\n{leak_report(scores.leaks)}")
    if scores.leaks.share:
        print(f"\n{leak_table(scores.as_dict())}\n\n{NOTE}")
    path = run / "metrics_without_leaks.json"
    write_whole(path, json.dumps(scores.as_dict(), indent=2) + "\n")
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
