"""PNGs of 16 bits whose values need fewer: which 8 bits are kept, and whether anything is left of the picture.

Detectors of 10, 12 or 14 bits write their values into the low bits of 16. Whoever keeps the upper 8 of these 16, as
most tools do, keeps 4, 16 or 64 grey levels. Imports no TensorFlow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfrecords_tools.tables import some

BITS = range(8, 17)
"""What may be said of a data set."""
USES_ALL = 2**15
"""A greatest value from here on needs the uppermost bit."""
DARK = 2**14
"""Files without a value from here on are suspicious where most are like that, though a few, with a mark burnt in, are
brighter."""
FEW_SHADES = 17
"""Grey levels, of 256, that 12 bits leave, wherever in the range of 16 they lie."""


@dataclass(frozen=True)
class DeepFile:
    """What is known of a PNG of 16 bits."""

    path: Path
    greatest: int
    """Value of its colours, 0 to 65535."""
    shades: int
    """How many different values the upper 8 of the 16 bits take, 1 to 256."""


@dataclass(frozen=True)
class Remark:
    """What is to be said of the 16-bit files of a data set."""

    is_error: bool
    """Whether converting them would be wrong."""
    what: str
    advice: str
    files: tuple[Path, ...] = ()
    """Those that it is about."""


def stretch_table(bits: int) -> np.ndarray:
    """Returns the grey level of each value: value * 255 / (2 ** bits - 1), rounded [(2 ** bits,) uint8].

    >>> stretch_table(12)[[0, 8, 9, 4095]].tolist()
    [0, 0, 1, 255]
    """
    most = 2**bits - 1
    # In whole numbers, so that a half is rounded up wherever this runs.
    return ((np.arange(2**bits, dtype=np.int64) * 510 + most) // (2 * most)).astype(np.uint8)


def to_grey_levels(values: np.ndarray, bits: int | None) -> np.ndarray:
    """Returns values [uint16] as grey levels [uint8]: stretched, or the upper 8 bits where nothing is said.

    Raises:
        ValueError: A value has more bits.
    """
    if bits is None:
        return (values >> 8).astype(np.uint8)
    if (greatest := int(values.max())) >= 2**bits:
        raise ValueError(f"it holds the value {greatest}, above the {2**bits - 1} of {bits} bits")
    return stretch_table(bits)[values]


def remarks(found: Sequence[DeepFile], total: int, bits: int | None) -> list[Remark]:
    """Returns what is to be said of the 16-bit files of a data set, what is wrong first.

    Args:
        found: its 16-bit files.
        total: the number of all its files.
        bits: how many bits of the 16 are said to be used; None where nothing is said.
    """
    if bits is not None:
        return _remarks_on_bits(found, total, bits)
    if not found:
        return []
    dark = [file for file in found if file.greatest < DARK]
    brightest = max(file.greatest for file in found)
    if brightest < USES_ALL or len(dark) > len(found) / 2:
        return [_low(found, dark if brightest >= USES_ALL else found)]
    poor = tuple(file for file in found if file.shades <= FEW_SHADES)
    if not poor:
        return []
    what = (
        f"{len(poor)} of {len(found)} files of 16 bits keep at most {FEW_SHADES} of 256 grey levels, since the upper 8 "
        f"of 16 bits are kept: {_names(poor)}"
    )
    advice = (
        "If they are meant to show more, convert them to 8 bits, choosing the window (as of CT with values below 0), "
        "or, where all values lie in the low bits, say how many with --bits."
    )
    return [Remark(False, what, advice, _paths(poor))]


def _low(found: Sequence[DeepFile], low: Sequence[DeepFile]) -> Remark:
    greatest = max(file.greatest for file in low)
    bits = max(BITS[0], greatest.bit_length())
    brighter = [file for file in found if file.greatest > greatest]
    how_many = (
        f"{len(low)} of {len(found)} files of 16 bits have no"
        if brighter
        else f"None of {len(found)} files of 16 bits has a"
    )
    what = (
        f"{how_many} value above {greatest}, such as {low[0].path}: their values lie in the low {bits} bits. Kept are "
        f"the upper 8 of 16, so that {greatest // 256 + 1} of 256 grey levels would be left"
    )
    rest = f" once what is brighter is converted or left out ({_names(brighter)})" if brighter else ""
    advice = (
        f"Allowed are files that use all 16 bits, or, of data sets folder and csv, a word on how many they use: "
        f"--bits {bits} stretches these{rest}; --bits 16 takes them as dark as they are."
    )
    return Remark(True, what, advice, _paths(low))


def _remarks_on_bits(found: Sequence[DeepFile], total: int, bits: int) -> list[Remark]:
    if not found:
        what = f"bits is {bits}, but none of {total} files is a PNG of 16 bits: it changes nothing"
        return [Remark(False, what, "Leave it out, unless such files are to be served.")]
    greatest = max(file.greatest for file in found)
    above = [file for file in found if file.greatest >= 2**bits]
    if above:
        what = f"bits is {bits}, but {len(above)} of {len(found)} files of 16 bits hold values above {2**bits - 1}"
        advice = (
            f"Allowed is a number that all files keep to, up to 16: say --bits {greatest.bit_length()}, or convert "
            "these files or leave them out."
        )
        return [Remark(True, f"{what}: {_names(above)}", advice, _paths(above))]
    said = []
    if greatest < 2 ** (bits - 1) and bits < BITS[-1]:
        what = f"bits is {bits}, but no file holds a value above {greatest}, so that all will be dark"
        advice = f"If the values have {max(BITS[0], greatest.bit_length())} bits, say that."
        said.append(Remark(False, what, advice))
    if len(found) < total:
        what = (
            f"{len(found)} of {total} files have 16 bits; bits stretches these alone, and leaves the others as they are"
        )
        said.append(Remark(False, what, "Where the two differ by class, a network can tell classes by that."))
    return said


def _names(files: Sequence[DeepFile]) -> str:
    return some([f"{file.path}, up to {file.greatest}" for file in files], shown=3)


def _paths(files: Sequence[DeepFile]) -> tuple[Path, ...]:
    return tuple(file.path for file in files)
