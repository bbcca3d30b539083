"""`python -m conbal_tf.train`: records, backbone, classifier, evaluation, export: the whole job, in a run folder."""

import inspect
import sys
from collections.abc import Sequence
from types import ModuleType

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


class _Callable(ModuleType):
    # An imported module takes the place of the function of that name among the package's attributes. Called, it is
    # that function, so that `cb.train(settings)` trains whatever was imported before: docs/decisions/0028.
    __call__ = staticmethod(train)
    __signature__ = inspect.signature(train)


sys.modules[__name__].__class__ = _Callable

if __name__ == "__main__":
    main()
