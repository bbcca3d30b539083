"""Every number of a model in training, as named arrays: weights, batch statistics, seeds, and the optimiser's."""

from collections.abc import Mapping

import keras
import numpy as np


def state_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Returns the values of a model's variables and its optimiser's.

    Under several replicas they are the first one's, as in a saved model: all but the moving averages of a batch norm
    that is not synchronised are the same on all of them.

    Args:
        model: compiled, with weights; its optimiser is built.
    """
    return {name: keras.ops.convert_to_numpy(variable) for name, variable in _variables(model).items()}


def set_state(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Gives a model's variables and its optimiser's, on all replicas, the values that `state_of` returned.

    Args:
        model: of the same structure, compiled, with weights; its optimiser is built.
        arrays: those of a state, others are passed over.

    Raises:
        ValueError: The arrays are of another model; nothing is changed.
    """
    check_state(model, arrays)
    for name, variable in _variables(model).items():
        variable.assign(arrays[name])


def check_state(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Refuses arrays that are not the state of a model of this structure.

    Raises:
        ValueError: An array is missing, too many, or of another shape or type.
    """
    expected = {name: _kind(variable.shape, variable.dtype) for name, variable in _variables(model).items()}
    received = {
        name: _kind(a.shape, a.dtype) for name, a in arrays.items() if name.startswith(("model/", "optimizer/"))
    }
    for name in sorted(expected.keys() | received.keys()):
        if expected.get(name) != received.get(name):
            raise ValueError(
                f"it is of another network: {name} is {received.get(name, 'missing')} there, and "
                f"{expected.get(name, 'missing')} here"
            )


def _variables(model: keras.Model) -> dict[str, keras.Variable]:
    # Numbered, since the paths that Keras makes up count all layers of a process: they differ in the one that goes on.
    weights = {f"model/{number:04d}_{one.name}": one for number, one in enumerate(model.variables)}
    return weights | {f"optimizer/{number:04d}": one for number, one in enumerate(model.optimizer.variables)}


def _kind(shape: tuple, dtype: object) -> str:
    return f"{dtype} {tuple(shape)}"
