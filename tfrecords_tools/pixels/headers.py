"""An encoded image's size from its first bytes, in TensorFlow operations, refused before its pixels take memory."""

import tensorflow as tf

from tfrecords_tools.pixels.formats import BMP_BITS, MAX_ASPECT, MAX_PIXELS, READ

HEAD_BYTES = 32  # the longest of the headers below ends before


def is_jpeg(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns whether the bytes [() string] begin as a JPEG does [() bool]."""
    return tf.strings.substr(image_bytes, 0, 3) == b"\xff\xd8\xff"


def is_cmyk(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns whether the bytes [() string] are a JPEG of four colours [() bool]."""
    return tf.cond(
        is_jpeg(image_bytes), lambda: tf.equal(tf.io.extract_jpeg_shape(image_bytes)[2], 4), lambda: tf.constant(False)
    )


def is_deep_png(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns whether the bytes [() string] begin as a PNG of 16 bits a channel does [() bool]."""
    head = tf.strings.substr(image_bytes + b"\0" * HEAD_BYTES, 0, 25)
    return (tf.strings.substr(head, 0, 4) == b"\x89PNG") & (tf.strings.substr(head, 24, 1) == b"\x10")


def checked_size(image_bytes: tf.Tensor) -> tf.Tensor:
    """Returns height and width that an image's header names.

    A graph's operations run in any order: what is to run only if the size is right needs it as an input, or as a
    control dependency.

    Args:
        image_bytes: one encoded JPEG, PNG, BMP or GIF [() string].

    Returns:
        Height and width as stored, in pixels [(2,) int32].

    Raises:
        tf.errors.InvalidArgumentError: The bytes are none of these, a BMP with a palette (TensorFlow would take its
            numbers for shades of grey), or an image larger or narrower than `formats` allows.
    """
    # Zeros behind, so that bytes that break off have every place that is looked at.
    padded = tf.strings.substr(image_bytes, 0, HEAD_BYTES) + b"\0" * HEAD_BYTES
    head = tf.cast(tf.ensure_shape(tf.io.decode_raw(padded, tf.uint8)[:HEAD_BYTES], (HEAD_BYTES,)), tf.int64)
    is_png, is_bmp, is_gif = (tf.reduce_all(head[: len(mark)] == list(mark)) for mark in (b"\x89PNG", b"BM", b"GIF8"))
    bits = _number(head[28:30])
    checks = [
        tf.debugging.Assert(
            is_jpeg(image_bytes) | is_png | is_bmp | is_gif,
            [f"The bytes are no image of a format that is read: {READ}."],
        ),
        tf.debugging.Assert(
            ~is_bmp | tf.reduce_any(bits == BMP_BITS),
            [tf.strings.format(f"The BMP has {{}} bits a pixel; read are {BMP_BITS}.", bits)],
        ),
    ]
    # Outside of a graph, Assert has looked already, and returns None.
    with tf.control_dependencies([check for check in checks if check is not None]):
        size = tf.cond(
            is_jpeg(image_bytes),
            lambda: tf.cast(tf.io.extract_jpeg_shape(image_bytes)[:2], tf.int64),
            lambda: tf.where(is_png, _png_size(head), tf.where(is_gif, _gif_size(head), _bmp_size(head))),
        )
    return _bounded(size)


def _bounded(size: tf.Tensor) -> tf.Tensor:
    shorter, longer = tf.reduce_min(size), tf.reduce_max(size)
    is_right = (shorter >= 1) & (shorter * longer <= MAX_PIXELS) & (longer <= MAX_ASPECT * shorter)
    text = (
        "The header claims {} x {} pixels; read are at least 1 a side, at most "
        f"{MAX_PIXELS} in all, and a side of at most {MAX_ASPECT} times the other."
    )
    check = tf.debugging.Assert(is_right, [tf.strings.format(text, (size[1], size[0]))])
    with tf.control_dependencies([] if check is None else [check]):
        return tf.cast(size, tf.int32)


def _png_size(head: tf.Tensor) -> tf.Tensor:
    return tf.stack([_number(head[20:24][::-1]), _number(head[16:20][::-1])])


def _gif_size(head: tf.Tensor) -> tf.Tensor:
    return tf.stack([_number(head[8:10]), _number(head[6:8])])


def _bmp_size(head: tf.Tensor) -> tf.Tensor:
    height = _number(head[22:26])
    # Below zero, in two's complement, for rows from top to bottom.
    return tf.stack([tf.minimum(height, 2**32 - height), _number(head[18:22])])


def _number(little_endian: tf.Tensor) -> tf.Tensor:
    """Returns the number that bytes [(n,) int64] spell, the lowest first [() int64]."""
    return tf.reduce_sum(little_endian * 256 ** tf.range(little_endian.shape[0], dtype=tf.int64))
