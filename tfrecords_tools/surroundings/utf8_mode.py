"""Commands that read and write names and files in UTF-8, whatever the locale says."""

import os
import sys

from tfrecords_tools.surroundings.typed import door


def begin_again_in_utf8() -> None:
    """Starts this command once more in Python's UTF-8 mode, unless names of files are in UTF-8 already.

    In an old locale (`LC_ALL=C` without Python's help, ISO-8859-1) Python takes the name of a file for other characters
    than TensorFlow does, for which all is UTF-8: images are listed, and cannot be read. The mode can only be chosen
    when Python starts. What the terminal can show stays as it was. A script that calls a command is left alone.
    """
    started_by_name = getattr(sys.modules["__main__"], "__spec__", None) is not None or door()  # `python -m`, conbal-tf
    if sys.getfilesystemencoding().lower() == "utf-8" or sys.flags.utf8_mode or not started_by_name:
        return
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
