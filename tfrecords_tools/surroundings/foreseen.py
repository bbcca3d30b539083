"""Errors that a user can do something about, each as one sentence; what is none of them is a fault of the program."""

import errno
import re
import subprocess
import sys
import traceback
import zipfile
import zlib

from tfrecords_tools.surroundings.disk_limits import what_is_full

LENGTH = 2000
_OURS = ("conbal_tf", "tfrecords_tools")
# Libraries that read or write files, whose errors have no kind in common: a damaged file ends in a KeyError, too.
_READERS = ("h5py", "zipfile", "json", "tomllib", "keras.src.saving", "keras.src.legacy.saving", "numpy.lib")
_KINDS = (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, subprocess.SubprocessError)
_FREE = "Free some space or raise the limit, and give the same command again."
_ADVICE = {
    errno.EACCES: "Choose another place, or ask its owner for the right to use this one.",
    errno.EPERM: "Choose another place, or ask its owner for the right to use this one.",
    errno.EROFS: "This place can be read only: choose another for what is to be written.",
    errno.EMFILE: "Raise the limit on open files (ulimit -n), and give the same command again.",
    errno.ENFILE: "The system has too many files open: end other programs, and give the same command again.",
    errno.ENAMETOOLONG: "Choose a shorter name or place.",
    errno.EIO: "The disk or its connection fails: look whether other files there can be read.",
    errno.ESTALE: "The network drive was replaced under this command: give it again.",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def foreseen(error: BaseException) -> str | None:
    """Returns what to tell of an error, in one line; None for a fault of the program, which needs its traceback.

    Foreseen are the errors that this project raises of a user's mistakes, those of the system, and those of TensorFlow,
    Keras, HDF5 and archives, whose texts may have dozens of lines.

    Args:
        error: as it was caught.

    >>> foreseen(PermissionError(errno.EACCES, "Permission denied", "runs/a"))
    "Permission denied: 'runs/a'. Choose another place, or ask its owner for the right to use this one."
    """
    if isinstance(error, OSError) and error.errno is not None:
        return _of_system(error)
    if isinstance(error, MemoryError):
        return f"Memory is full{_colon(error)}. Smaller batches (--training.batch_size) or images take less."
    if isinstance(error, ImportError) and not _is_part(error.name or "", _OURS):
        return f"A library is missing or broken: {_first_line(error)}. Install what requirements.txt names."
    if isinstance(error, Warning):
        return f"A warning was made an error, by PYTHONWARNINGS or -W: {_first_line(error)} Leave that out."
    if isinstance(error, _KINDS) and _raised_here(error):
        return " ".join(str(error).split("\n"))[:LENGTH] or type(error).__name__
    if isinstance(error, _KINDS) or _is_of_tensorflow(error) or _is_of_reader(error):
        if words := what_is_full(error):
            return f"Cannot write: {words}. {_FREE}"
        return f"{_first_line(error)} (--debug shows where this arose)"
    return None


def _of_system(error: OSError) -> str:
    named = [repr(str(name)) for name in (error.filename, error.filename2) if name is not None]
    place = f": {' -> '.join(named)}" if named else ""
    if what_is_full(error):
        return f"{error.strerror}{place}. {_FREE}"
    advice = _ADVICE.get(error.errno or 0, "")
    return f"{error.strerror}{place}. {advice}".rstrip()


def _raised_here(error: BaseException) -> bool:
    """Returns whether this project raised an error by itself."""
    modules = _modules(error)
    return not modules or _is_part(modules[-1], _OURS)


def _is_of_reader(error: BaseException) -> bool:
    """Returns whether an error arose in a library that reads or writes files."""
    modules = _modules(error)
    return any(_is_part(module, _READERS) for module in modules) and not _is_part(modules[-1], _OURS)


def _is_of_tensorflow(error: BaseException) -> bool:
    errors = getattr(sys.modules.get("tensorflow"), "errors", None)  # asked for, not imported: it takes seconds
    return errors is not None and isinstance(error, errors.OpError)


def _modules(error: BaseException) -> list[str]:
    """Returns the modules that an error passed, the one that raised it last."""
    passed = [frame.f_globals for frame, _ in traceback.walk_tb(error.__traceback__)]
    # A command's own module is called __main__; its specification knows better.
    return [getattr(names.get("__spec__"), "name", names.get("__name__", "")) for names in passed]


def _is_part(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _first_line(error: BaseException) -> str:
    """Returns the first line of a library's text, with the kind of the error where that says more."""
    lines = [line.strip() for line in _COLOURS.sub("", str(error)).splitlines() if line.strip()]
    kind = type(error).__name__
    if isinstance(error, (*_KINDS, ImportError, Warning)) and lines:
        return lines[0][:LENGTH]
    return f"{kind}: {lines[0][:LENGTH]}" if lines else kind


def _colon(error: BaseException) -> str:
    return f": {error}" if str(error) else ""
