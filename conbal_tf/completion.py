"""The script by which a shell completes `conbal-tf`: its commands, their flags, and the choices of these."""

import argparse
from dataclasses import field, make_dataclass
from pathlib import Path
from typing import Any, Literal

from conbal_tf.settings.comparing import Comparing
from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.exporting import Exporting
from conbal_tf.settings.load import SettingsAndOptions, completion
from conbal_tf.settings.reporting import Reporting
from conbal_tf.settings.reproduction import Reproduction
from tfrecords_tools import audit, build_flags
from tfrecords_tools.surroundings.typed import DOOR

# tyro offers flags only, and one empty match where there are none. A run or a folder is named without a flag: there,
# bash is to offer what lies on the disk.
_FILES_IN_BASH = f"""
_conbal_tf_or_files() {{
  _tyro_{DOOR.replace("-", "_")}
  [[ -n "${{COMPREPLY[*]}}" ]] || COMPREPLY=()
}}
complete -o bashdefault -o default -F _conbal_tf_or_files {DOOR}
"""


def script(shell: str) -> str:
    """Returns the script for a shell, to be read by it.

    Args:
        shell: bash, fish or zsh.

    Raises:
        ValueError: It is another.
    """
    return completion(FLAGS, DOOR, shell) + (_FILES_IN_BASH if shell == "bash" else "")


def _as_dataclass(parser: argparse.ArgumentParser) -> type:
    """Returns the flags of argparse as the dataclass that tyro would read them from; what is positional stays out."""
    # argparse has no public way to its flags; the libraries of completion take this one, too.
    actions = [action for action in parser._actions if action.option_strings and action.dest != "help"]
    return make_dataclass(
        "Flags", [(action.dest, _kind(action), field(default=_default(action))) for action in actions], frozen=True
    )


def _kind(action: argparse.Action) -> Any:
    if action.choices:
        return Literal[tuple(action.choices)]
    return bool if action.nargs == 0 else Path if action.type is Path else str


def _default(action: argparse.Action) -> Any:
    if action.choices:
        return action.default or next(iter(action.choices))
    return False if action.nargs == 0 else Path() if action.type is Path else ""


FLAGS = {
    "train": SettingsAndOptions,
    "evaluate": Evaluating,
    "compare": Comparing,
    "report": Reporting,
    "export": Exporting,
    "reproduce": Reproduction,
    "build": _as_dataclass(build_flags.parser()),
    "audit": _as_dataclass(audit.parser()),
}
