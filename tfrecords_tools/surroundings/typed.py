"""How a command was typed, for its help and its errors: through the one door of all commands, or as a module."""

import sys
from pathlib import Path

DOOR = "conbal-tf"


def door() -> str | None:
    """Returns the door that this process was started through, as it was typed; None where it was started otherwise."""
    started = Path(sys.argv[0])
    if started.name == DOOR:
        return DOOR
    # The name alone would not do: `python -m pytest` is a __main__.py, too.
    return "python -m conbal_tf" if started.parts[-2:] == ("conbal_tf", "__main__.py") else None


def typed(module: str) -> str:
    """Returns a command as its user typed it: `conbal-tf train`, or `python -m conbal_tf.train`.

    Args:
        module: of the command.
    """
    through = door()
    return f"{through} {module.rpartition('.')[2]}" if through else f"python -m {module}"
