"""The settings of a file for who calls a function instead of a command."""

import contextlib
import io
import re
from pathlib import Path

from conbal_tf.settings.load import layered
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.shipped import settings_file

# The flag library draws a frame around what it says, of dashes where it takes a stream for one without UTF-8.
_FRAME = re.compile(r"[─│╭╮╰╯]+|-{5,}")


def read_settings(file: str | Path) -> Settings:
    """Returns what `--config FILE` means: the defaults, over them those of the file's data set, over them the file's.

    They are validated when they are trained with. `dataclasses.replace` changes them, section by section.

    Args:
        file: a TOML file, or the bare name of one that comes with the package, such as `aptos` or `isic2018_small`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no TOML, or has a name or a value that no setting has.

    >>> from dataclasses import replace
    >>> import conbal_tf as cb
    >>> settings = cb.read_settings("aptos_paper")
    >>> settings.network.backbone, settings.training.batch_size, settings.protocol
    ('resnet50', 192, 'paper')
    >>> short = replace(settings, training=replace(settings.training, length="100 updates"))
    """
    path, said = settings_file(Path(file)), io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return layered(path)
    except SystemExit as error:
        words = " ".join(_FRAME.sub(" ", said.getvalue()).split())
        raise ValueError(words) from error
