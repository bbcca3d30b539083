"""`conbal-tf COMMAND`: the one door to all commands; `python -m conbal_tf COMMAND` is the same.

Nothing of a command is imported before it is asked for, so help and version are there at once.
"""

import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import conbal_tf
from tfrecords_tools.surroundings.command import run_command
from tfrecords_tools.surroundings.typed import DOOR, door
from tfrecords_tools.surroundings.utf8_mode import begin_again_in_utf8


@dataclass(frozen=True)
class Command:
    """A command behind the door."""

    module: str
    """Its module, with a function `main` of the arguments."""
    purpose: str
    """What it is for, in a line of the help."""
    uses_gpu: bool = True
    """Without, no GPU is shown to it: its memory would be taken from a training that runs beside it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that is named first.

    Args:
        arguments: the command and its flags; None for those of the command line, where the process is the command's
            own.

    Returns:
        The exit code: the command's; 0 after `--help` and `--version`, 2 where no command is named so.

    Raises:
        SystemExit: With the exit code, where a command ends so.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(given[0]) if given else None
    if arguments is None:
        begin_again_in_utf8()
        if command and not command.uses_gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    if command:
        return importlib.import_module(command.module).main(given[1:]) or 0
    return run_command(_answer, given, door() or DOOR)


def _answer(given: list[str]) -> None:
    """Answers what is no command; a shell and nothing else may follow `--print-completion`."""
    match given:
        case ["--help" | "-h"]:
            print(_help())
        case ["--version"]:
            print(f"{DOOR} {conbal_tf.__version__}")
        case ["--print-completion", shell]:
            from conbal_tf.completion import script  # here, since it imports the flags of all commands

            print(script(shell))
        case ["--help" | "-h" | "--version" | "--print-completion" as flag, *others]:
            takes = "one shell: bash, fish or zsh" if flag == "--print-completion" else "nothing"
            raise ValueError(f"{flag} takes {takes}; received {' '.join(others) or 'nothing'}. Give it so, or --help.")
        case _:
            raise ValueError(_no_command(given))


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.purpose}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {door() or DOOR} COMMAND [flags]",
            "",
            "From a folder of imbalanced medical images to a classifier that is good on its rare classes.",
            "",
            *lines,
            "",
            "COMMAND --help lists its flags; --version tells the version of all;",
            f"--print-completion SHELL prints what makes a shell complete {DOOR}.",
        ]
    )


def _no_command(given: Sequence[str]) -> str:
    allowed = f"Allowed: {', '.join(COMMANDS)}. --help tells what each is for."
    if not given:
        return f"No command was given. {allowed}"
    nearest = difflib.get_close_matches(given[0], COMMANDS, n=1)
    return f"No command {given[0]!r}. {f'Did you mean {nearest[0]!r}? ' if nearest else ''}{allowed}"


COMMANDS = {
    "train": Command("conbal_tf.train", "the main job: records, training, evaluation and export, into a run folder"),
    "evaluate": Command("conbal_tf.evaluate", "the scores of a finished run with intervals, anew"),
    "compare": Command("conbal_tf.compare", "whether two finished runs differ, or two methods over their seeds"),
    "report": Command("conbal_tf.report", "a page of a finished run, or of several side by side"),
    "export": Command("conbal_tf.export", "the classifier of a finished run to be served, calibrated if wanted"),
    "reproduce": Command("conbal_tf.reproduce", "the tables of the paper, or one of data of your own"),
    "build": Command("tfrecords_tools.build", "records of a folder of images; train makes what is missing", False),
    "audit": Command("tfrecords_tools.audit", "what is wrong with a data set, before anything is trained on it", False),
}

if __name__ == "__main__":
    sys.exit(main())
