"""Whether an error comes of a place that takes no more: a full disk, a quota, a limit on the size of files."""

import errno
import os

FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "a file would be larger than this process may write (ulimit -f)",
}


def what_is_full(error: BaseException | None) -> str | None:
    """Returns what takes no more, in words; None for another error.

    TensorFlow, TFDS and HDF5 wrap the system's error in others of their own, and keep its text alone.

    Args:
        error: it, with its causes.

    >>> what_is_full(RuntimeError("ResourceExhausted: x; No space left on device"))
    'the disk is full'
    """
    while error is not None:
        for number, words in FULL.items():
            if getattr(error, "errno", None) == number or os.strerror(number) in str(error):
                return words
        error = error.__cause__ or error.__context__
    return None
