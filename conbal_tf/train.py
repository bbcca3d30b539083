"""`python -m conbal_tf.train`: records, backbone, classifier, evaluation, export: the whole job, in a run folder."""

from collections.abc import Sequence

from conbal_tf.run.job import train
from conbal_tf.settings.load import load
from tfrecords_tools.surroundings.command import run_or_exit
from tfrecords_tools.surroundings.typed import typed

PROG = typed("conbal_tf.train")


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and trains; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG, interrupted="The same command goes on after the last whole epoch.")


def _run(arguments: list[str]) -> None:
    settings, options = load(arguments, PROG, "Train, evaluate and export.")
    train(settings, overwrite=options.overwrite, stage_1_from=options.stage_1_from)


if __name__ == "__main__":
    main()
