"""The door of every command: what goes wrong ends in one sentence and an exit code, and the streams are fit for use."""

import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TypeAlias

from tfrecords_tools.surroundings.foreseen import foreseen
from tfrecords_tools.surroundings.streams import usable_streams
from tfrecords_tools.surroundings.utf8_mode import begin_again_in_utf8

MISTAKE = 2
FAILED = FAULT = 1
INTERRUPTED = 130
DEBUG = "--debug"

Action: TypeAlias = Callable[[list[str]], int | None]


def run_command(
    action: Action,
    arguments: Sequence[str] | None,
    prog: str,
    *,
    interrupted: str = "What was there before is unchanged.",
) -> int:
    """Returns the exit code of a command that was run; what went wrong is told on stderr, in one line.

    Args:
        action: does the work; gets the flags, and returns an exit code or None for 0.
        arguments: the flags; None for those of the command line.
        prog: the command as a user types it, before each error.
        interrupted: what to say after Ctrl-C.

    Returns:
        What the action returned; 2 after what a user can do something about; 130 after Ctrl-C; 1 after a fault of the
        program, which also leaves its traceback. `--debug` among the flags adds the traceback of any error.

    Raises:
        SystemExit: The action does, as libraries of flags do for `--help` and for a wrong flag.
    """
    if arguments is None:
        # Before anything else, since it may begin this process anew.
        begin_again_in_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    with usable_streams():
        return _exit_code(action, given, prog, interrupted)


def _exit_code(action: Action, given: list[str], prog: str, interrupted: str) -> int:
    try:
        return action(given) or 0
    except KeyboardInterrupt:
        print(f"\nInterrupted. {interrupted}", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        sentence = foreseen(error)
        if DEBUG in given or sentence is None:
            traceback.print_exception(error)
        if sentence is None:
            print(f"{prog}: this is a fault of the program. Please report it, with the lines above.", file=sys.stderr)
            return FAULT
        print(f"{prog}: {sentence}", file=sys.stderr)
        return MISTAKE


def run_or_exit(
    action: Action,
    arguments: Sequence[str] | None,
    prog: str,
    *,
    interrupted: str = "What was there before is unchanged.",
) -> None:
    """Does as `run_command`, and ends the process unless the exit code is 0.

    Raises:
        SystemExit: With that code.
    """
    if code := run_command(action, arguments, prog, interrupted=interrupted):
        sys.exit(code)
