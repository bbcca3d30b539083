"""What Keras must be set to, whatever the shell and ~/.keras/keras.json say; `quiet.import_tensorflow` applies it."""

import os

BACKEND = "tensorflow"
# Each would stop the import, take another Keras, or end training early without a word.
_UNSET = ("TF_USE_LEGACY_KERAS", "KERAS_NNX_ENABLED", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")


def before_import() -> None:
    """Chooses Keras 3 on TensorFlow in the environment, which processes that this one starts inherit."""
    os.environ["KERAS_BACKEND"] = BACKEND
    for name in _UNSET:
        os.environ.pop(name, None)


def after_import() -> None:
    """Gives Keras the values that this project's networks are written and tested for.

    Raises:
        ValueError: Keras was imported before, on another backend.
    """
    import keras

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
