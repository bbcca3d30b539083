"""What callbacks remember from epoch to epoch, taken out of them for a checkpoint and given back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import keras
import numpy as np


@runtime_checkable
class Remembers(Protocol):
    """A callback that goes on where it was, when a run does; without these two methods it begins anew."""

    def memory(self) -> dict[str, Any]:
        """Returns what it remembers: values of JSON, and lists of arrays."""
        ...

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Takes over what `memory` returned before the interruption; called after `on_train_begin`."""
        ...


def memories_of(callbacks: Sequence[keras.callbacks.Callback]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Returns what callbacks remember, as values of JSON and as arrays, both by name.

    Args:
        callbacks: those with `Remembers`'s methods, and Keras's own with a memory; others are passed over.
    """
    values: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for name, callback in _named(callbacks).items():
        memory = callback.memory() if isinstance(callback, Remembers) else _memory_of_keras(callback)
        # Lists of arrays, as EarlyStopping's best weights, go among the arrays of a checkpoint; the rest is JSON.
        lists = {field: value for field, value in memory.items() if _is_arrays(value)}
        values[name] = {
            "values": {field: value for field, value in memory.items() if field not in lists},
            "lists": {field: len(value) for field, value in lists.items()},
        }
        for field, value in lists.items():
            arrays |= {f"memory/{name}/{field}/{number}": one for number, one in enumerate(value)}
    return values, arrays


def give_back(
    callbacks: Sequence[keras.callbacks.Callback], values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> list[str]:
    """Gives callbacks back what `memories_of` took, each its own; returns the names of those that are not there now.

    Args:
        callbacks: in the order of then; others may stand between them.
        values: of JSON, by name.
        arrays: by name.
    """
    named = _named(callbacks)
    for name in named.keys() & values.keys():
        memory = dict(values[name]["values"])
        for field, count in values[name]["lists"].items():
            memory[field] = [arrays[f"memory/{name}/{field}/{number}"] for number in range(count)]
        callback = named[name]
        if isinstance(callback, Remembers):
            callback.remember(memory)
        else:
            vars(callback).update(memory)
    return sorted(values.keys() - named.keys())


def _named(callbacks: Sequence[keras.callbacks.Callback]) -> dict[str, keras.callbacks.Callback]:
    """Returns the callbacks that remember something, by class and, of Keras's, by what they watch."""
    named: dict[str, keras.callbacks.Callback] = {}
    seen: Counter[str] = Counter()
    for callback in callbacks:
        if isinstance(callback, Remembers) or _fields(callback):
            name = type(callback).__name__ + (f" of {callback.monitor}" if _fields(callback) else "")
            seen[name] += 1
            named[name if seen[name] == 1 else f"{name}, number {seen[name]}"] = callback
    return named


def _memory_of_keras(callback: keras.callbacks.Callback) -> dict[str, Any]:
    return {field: vars(callback)[field] for field in _fields(callback) if field in vars(callback)}


def _fields(callback: keras.callbacks.Callback) -> tuple[str, ...]:
    return next((fields for kind, fields in KERAS_MEMORIES.items() if isinstance(callback, kind)), ())


def _is_arrays(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, np.ndarray) for one in value)


KERAS_MEMORIES: dict[type[keras.callbacks.Callback], tuple[str, ...]] = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch", "best_weights"),
    keras.callbacks.ModelCheckpoint: ("best",),
}
"""What Keras's callbacks remember: public attributes with which a new process would begin anew."""
