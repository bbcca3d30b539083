"""Callbacks that a caller gives to a training: which of them work there, and why the others cannot."""

from collections.abc import Iterable

import keras

SCORE = "val_balanced_accuracy"
_ALLOWED = "Allowed are callbacks that leave learning rate and weights alone, such as EarlyStopping, CSVLogger"
_SCHEDULE = (
    "sets the learning rate, and that of a stage is a schedule of its whole length (a warm-up, then a half cosine)"
)
_SHAPE = "shape the schedule with training.learning_rate, training.warmup and training.final_learning_rate"
REFUSED: dict[type[keras.callbacks.Callback], tuple[str, str]] = {
    keras.callbacks.ReduceLROnPlateau: (_SCHEDULE, _SHAPE),
    keras.callbacks.LearningRateScheduler: (_SCHEDULE, _SHAPE),
    keras.callbacks.BackupAndRestore: (
        "restores weights of its own, and an interrupted run goes on from checkpoints of ours, which it would undo",
        "give the same command again after an interruption",
    ),
    keras.callbacks.SwapEMAWeights: (
        "swaps in averages of the weights, and the optimiser of a stage keeps none",
        "average weights of several runs outside of training",
    ),
    keras.callbacks.CallbackList: ("hides the callbacks that it holds", "give these themselves"),
}
"""Keras's callbacks that do not work here: why, and what to do instead."""


def accepted(callbacks: Iterable[keras.callbacks.Callback]) -> list[keras.callbacks.Callback]:
    """Returns the callbacks as a list, if all of them work in a training of this project.

    Args:
        callbacks: the caller's.

    Raises:
        ValueError: One of them cannot: it sets the learning rate, keeps a backup of its own, watches what is not
            logged or cannot tell which way is better, or is no callback.
    """
    if isinstance(callbacks, keras.callbacks.Callback):
        raise ValueError(f"Callbacks were given as one {_name(callbacks)}. Allowed is a list of them: put it in [ ].")
    given = list(callbacks)
    for callback in given:
        if not isinstance(callback, keras.callbacks.Callback):
            raise ValueError(
                f"No callback: received {callback!r}. Allowed are instances of keras.callbacks.Callback; make one of "
                "it, or leave it out."
            )
        _refuse_what_cannot_work(callback)
        _refuse_what_watches_nothing(callback)
    return given


def _refuse_what_cannot_work(callback: keras.callbacks.Callback) -> None:
    for kind, (why, instead) in REFUSED.items():
        if isinstance(callback, kind):
            raise ValueError(
                f"A callback cannot work here: received {_name(callback)}, which {why}. {_ALLOWED}. Leave it out; "
                f"{instead}."
            )


def _refuse_what_watches_nothing(callback: keras.callbacks.Callback) -> None:
    watches = isinstance(callback, keras.callbacks.EarlyStopping) or (
        isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_best_only
    )
    # What Keras watches where nothing is said: here no loss is computed on the validation part.
    if watches and callback.monitor == "val_loss":
        raise ValueError(
            f"A callback watches what no stage logs: received {_name(callback)} with monitor='val_loss'. Of the "
            f"validation part {SCORE} is logged; set monitor='{SCORE}' and mode='max'."
        )
    if watches and callback.monitor == SCORE and callback.mode == "auto":
        raise ValueError(
            f"A callback cannot tell which way is better: received {_name(callback)} with monitor='{SCORE}' and "
            "mode='auto', which knows Keras's own metrics alone. Allowed are 'max' and 'min'; set mode='max'."
        )


def _name(callback: keras.callbacks.Callback) -> str:
    """Returns the name of its class, and of Keras's that it is made of."""
    name = type(callback).__name__
    known = [kind.__name__ for kind in type(callback).__mro__ if kind.__module__.startswith("keras.")]
    return name if known[0] in (name, "Callback") else f"{name} (a {known[0]})"
