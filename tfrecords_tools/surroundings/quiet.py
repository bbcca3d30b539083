"""Imports TensorFlow as this project needs it, and keeps its start-up messages off the terminal."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tfrecords_tools.surroundings.keras_settings import import_keras


def import_tensorflow() -> None:
    """Imports TensorFlow and tensorflow_datasets without their messages about drivers and instruction sets.

    Keras is set to what this project needs (`keras_settings`). What is written during a failing import is shown.

    Raises:
        ValueError: Keras was imported before, on another backend, or refuses what stands in its keras.json.
    """
    # Level 2 leaves errors. It does not cover what is written before the log is initialised.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _silent_stderr():
        import_keras()
        import tensorflow as tf
        import tensorflow_datasets as tfds

        tf.config.list_physical_devices()  # looks for drivers, and writes an error where there are none
    tfds.disable_progress_bar()
    import absl.logging

    absl.logging.set_verbosity(absl.logging.ERROR)


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keeps the process's standard error, that of C++ too, in a file; shows it if the body fails."""
    try:
        kept, file = os.dup(2), tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:  # Standard error is closed, or there is no place for the file: nothing is kept from anybody.
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    with file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            file.seek(0)
            with suppress(OSError):
                os.write(kept, file.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
