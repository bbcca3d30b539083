"""EXIF orientation of JPEGs in TensorFlow operations: which it is, and the image turned upright.

TensorFlow's decoder leaves an image as the camera's sensor lay. Browsers and viewers turn it, and so did the eyes that
labelled it. As a graph, conversion and the served model do the same.

Reference: CIPA DC-008 (Exif 2.32), section 4.5.4 for the segment and 4.6.2 for IFD0 and its entries.
"""

import tensorflow as tf

AS_STORED = 1
TAG, SHORT = 0x0112, 3
# Exif comes first, or behind JFIF's segment; this many leave room for others, and end the search in hostile bytes.
MOST_SEGMENTS = 64
SEGMENT_HEAD = 10  # marker, length, and "Exif\0\0"
ENTRY = 12  # bytes of an entry of an IFD
PADDING = 16  # zeros behind the bytes, so that a number at their end can be read


def read_orientation(jpeg_bytes: tf.Tensor) -> tf.Tensor:
    """Returns how a JPEG's pixels lie.

    Only the heads of its first segments and the Exif segment (64 kB at most) are looked at.

    Args:
        jpeg_bytes: an encoded JPEG [() string]; other bytes are no error.

    Returns:
        1 to 8 as Exif numbers them [() int32]; 1, as stored, where the bytes name none, or nonsense.
    """
    tiff = _bytes(_exif(jpeg_bytes))
    length = tf.size(tiff) - PADDING
    little = tf.reduce_all(tiff[:4] == [0x49, 0x49, 42, 0])
    known = little | tf.reduce_all(tiff[:4] == [0x4D, 0x4D, 0, 42])

    def short(places: tf.Tensor) -> tf.Tensor:
        first, second = tf.gather(tiff, places), tf.gather(tiff, places + 1)
        return tf.where(little, first + 256 * second, 256 * first + second)

    def long(places: tf.Tensor) -> tf.Tensor:
        # 64 bits: what hostile bytes name as a place may need 32 without a sign.
        first, second = tf.cast(short(places), tf.int64), tf.cast(short(places + 2), tf.int64)
        return tf.where(little, first + 65536 * second, 65536 * first + second)

    directory = tf.cast(tf.minimum(long(tf.constant(4)), tf.cast(length, tf.int64)), tf.int32)
    count = tf.clip_by_value(short(directory), 0, tf.maximum((length - directory - 2) // ENTRY, 0))
    entries = directory + 2 + ENTRY * tf.range(count)
    is_orientation = (short(entries) == TAG) & (short(entries + 2) == SHORT) & (long(entries + 4) == 1)
    named = tf.boolean_mask(short(entries + 8), is_orientation)
    orientation = tf.concat([[AS_STORED], named], axis=0)[-1]
    return tf.where(known & (orientation >= 1) & (orientation <= 8), orientation, AS_STORED)


def upright(pixels: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Returns an image turned as its orientation says.

    Args:
        pixels: an image as stored [(height, width, 3) uint8].
        orientation: 1 to 8 [() int32].

    Returns:
        The image as it is to be seen [(height, width, 3) uint8, or (width, height, 3) for 5 to 8].
    """
    pixels = tf.cond(is_transposed(orientation), lambda: _transposed(pixels), lambda: pixels)
    pixels = tf.cond(_is_one_of(orientation, (3, 4, 7, 8)), lambda: tf.reverse(pixels, [0]), lambda: pixels)
    return tf.cond(_is_one_of(orientation, (2, 3, 6, 7)), lambda: tf.reverse(pixels, [1]), lambda: pixels)


def is_transposed(orientation: tf.Tensor) -> tf.Tensor:
    """Returns whether height and width change places [() bool]."""
    return orientation >= 5


def _transposed(pixels: tf.Tensor) -> tf.Tensor:
    # Not tf.transpose: for whole numbers oneDNN writes an error to the terminal on most processors, though it works.
    height, width = tf.unstack(tf.shape(pixels)[:2])
    places = tf.range(height) * width + tf.range(width)[:, tf.newaxis]
    return tf.gather(tf.reshape(pixels, (-1, 3)), places)


def _is_one_of(orientation: tf.Tensor, some: tuple[int, ...]) -> tf.Tensor:
    return tf.reduce_any(orientation == tf.constant(some))


def _exif(jpeg_bytes: tf.Tensor) -> tf.Tensor:
    """Returns the TIFF structure in the Exif segment [() string], empty where there is none."""
    length = tf.strings.length(jpeg_bytes)

    def look(place: tf.Tensor, found: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        text = tf.strings.substr(jpeg_bytes, tf.minimum(place, length), SEGMENT_HEAD)
        head = _bytes(text)
        size = 256 * head[2] + head[3]
        is_exif = (head[0] == 0xFF) & (head[1] == 0xE1) & (tf.strings.substr(text + b"\0" * SEGMENT_HEAD, 4, 6) == EXIF)
        filler = (head[0] == 0xFF) & (head[1] == 0xFF)
        # Segments of applications, E0 to EF, and comments, FE, come before all others. Their lengths count themselves.
        is_said = ((head[1] >= 0xE0) & (head[1] <= 0xEF)) | (head[1] == 0xFE)
        goes_on = filler | ((head[0] == 0xFF) & is_said & (size >= 2))
        start = tf.minimum(place + SEGMENT_HEAD, length)
        exif = tf.strings.substr(jpeg_bytes, start, tf.maximum(size - (SEGMENT_HEAD - 2), 0))
        return place + tf.where(filler, 1, size + 2), tf.where(is_exif, exif, found), goes_on & ~is_exif

    state = (tf.constant(2), tf.constant(b""), tf.strings.substr(jpeg_bytes, 0, 2) == SOI)
    return tf.while_loop(lambda place, found, goes_on: goes_on, look, state, maximum_iterations=MOST_SEGMENTS)[1]


def _bytes(text: tf.Tensor) -> tf.Tensor:
    """Returns the bytes of a string as numbers, with zeros behind them [(length + PADDING,) int32]."""
    return tf.cast(tf.io.decode_raw(text + b"\0" * PADDING, tf.uint8), tf.int32)


SOI, EXIF = b"\xff\xd8", b"Exif\0\0"
