"""Keras as this project needs it, whatever the shell and ~/.keras/keras.json say."""

import functools
import os
from pathlib import Path

BACKEND = "tensorflow"
# Each would stop the import, take another Keras, or end training early without a word.
_UNSET = ("TF_USE_LEGACY_KERAS", "KERAS_NNX_ENABLED", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")


@functools.cache
def import_keras() -> None:
    """Imports Keras 3 on TensorFlow, with the values that this project's networks are written and tested for.

    The choice stays in the environment, for processes that this one starts. Called again it changes nothing: what a
    notebook has set in between is its own.

    Raises:
        ValueError: Keras was imported before, on another backend, or cannot read its file.
    """
    os.environ["KERAS_BACKEND"] = BACKEND
    for name in _UNSET:
        os.environ.pop(name, None)
    try:
        import keras
    except (ValueError, TypeError, AttributeError) as error:
        file = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "keras.json"
        raise ValueError(
            f"Keras cannot be imported: received {error}. What stands in {file} must be a table with the keys and "
            "values that Keras knows: correct or remove that file."
        ) from error
    check_backend(keras.config.backend())
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_max_epochs(None)
    keras.config.set_max_steps_per_epoch(None)


def check_backend(backend: str) -> None:
    """Refuses to train or serve with another backend than TensorFlow.

    Args:
        backend: what `keras.config.backend()` says.

    Raises:
        ValueError: It is another one.
    """
    if backend != BACKEND:
        raise ValueError(
            f"Keras runs on {backend!r} in this process; conbal_tf trains, answers and serves with TensorFlow alone "
            "(its losses and networks run on any backend). Set KERAS_BACKEND=tensorflow before Keras is imported."
        )
