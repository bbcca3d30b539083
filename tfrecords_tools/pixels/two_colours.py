"""Whether a picture has two colours, as masks have."""

import numpy as np

MOST_LOOKED_AT = 64
"""Rows and columns: a picture is thinned to them, not resized, which would mix its colours."""
APART, NEAR, SHARE = 64, 1 / 8, 0.95
"""Of a mask that was saved as JPEG: how far its colours are apart, in a channel, at least; and what share of its pixels
lies nearer to one of them than which share of that. No image of HAM10000 or APTOS 2019 is such a one."""


def has_two_colours(pixels: np.ndarray) -> bool:
    """Returns whether a picture has one colour or two; in the blur of a JPEG, nearly so.

    >>> has_two_colours(np.repeat(np.eye(9, dtype=np.uint8)[:, :, None], 3, axis=2))
    True

    Args:
        pixels: in RGB [(height, width, 3) int].
    """
    height, width, _ = pixels.shape
    thinned = pixels[:: -(-height // MOST_LOOKED_AT), :: -(-width // MOST_LOOKED_AT)].reshape(-1, 3)
    channels = np.ascontiguousarray(thinned.T, np.int32)
    # Weighted so that black, white and the pure colours, of which masks are made, are of different brightness.
    brightness = 3 * channels[0] + 6 * channels[1] + channels[2]
    ends = channels[:, [brightness.argmin(), brightness.argmax()]]
    away = np.minimum(*(np.abs(channels - end[:, None]).max(axis=0) for end in ends.T))
    if not away.any():
        return True
    apart = np.ptp(ends, axis=1).max()
    return bool(apart >= APART and (away <= NEAR * apart).mean() >= SHARE)
