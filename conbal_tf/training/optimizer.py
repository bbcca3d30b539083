"""Stochastic gradient descent as in the paper's code, and its learning rate."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("conbal_tf")
class CoupledSGD(keras.optimizers.SGD):
    """SGD whose weight decay is L2: it enters the gradient, and so the momentum.

        v = momentum * v + g + coupled_weight_decay * w;   w = w - learning_rate * v

    Keras's own `weight_decay` is decoupled (w -= rate * decay * w, about ten times weaker under momentum 0.9), and its
    velocity holds the learning rate, so that the two differ while the rate changes. All variables decay, biases and
    batch norm too.

    Args:
        learning_rate: a number or a schedule.
        momentum: 0 to below 1.
        coupled_weight_decay: factor of the L2 term, 0 or more.
        options: others of keras.optimizers.SGD.

    Raises:
        ValueError: Nesterov momentum is asked for.

    Reference:
        torch.optim.SGD, which the paper's code uses.

    >>> import keras
    >>> import conbal_tf as cb
    >>> weight = keras.Variable([1.0])
    >>> cb.CoupledSGD(learning_rate=0.1, coupled_weight_decay=0.5).apply([keras.ops.zeros(1)], [weight])
    >>> weight.numpy().tolist()  # 1 - 0.1 * 0.5 * 1
    [0.949999988079071]
    """

    def __init__(
        self,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 0.1,
        momentum: float = 0.9,
        coupled_weight_decay: float = 1e-4,
        **options: object,
    ) -> None:
        # The configuration of a saved SGD names it, too, as False.
        if options.pop("nesterov", False):
            raise ValueError("CoupledSGD has no Nesterov momentum: the paper's code does without. Leave nesterov out.")
        # Keras takes no whole number for a momentum, such as 0.
        super().__init__(learning_rate=learning_rate, momentum=float(momentum), **options)
        self.coupled_weight_decay = coupled_weight_decay

    @property
    def learning_rate(self) -> keras.KerasTensor:
        """The rate of the next update."""
        return self._get_current_learning_rate()

    @learning_rate.setter
    def learning_rate(self, rate: float | keras.optimizers.schedules.LearningRateSchedule) -> None:
        """Sets the rate, where it follows no schedule.

        Raises:
            ValueError: It follows one.
        """
        if isinstance(self._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            # Keras would take another schedule, of which a run that goes on after an interruption knows nothing.
            raise ValueError(
                f"The learning rate of an optimiser with a schedule was set: received {rate!r}. It follows from the "
                "update alone; leave out the callback that sets it, or make the optimiser with a number as its rate."
            )
        keras.optimizers.SGD.learning_rate.fset(self, rate)

    def update_step(
        self, gradient: keras.KerasTensor, variable: keras.Variable, learning_rate: keras.KerasTensor
    ) -> None:
        """Changes one variable and its velocity by one step."""
        rate = ops.cast(learning_rate, variable.dtype)
        step = ops.cast(gradient, variable.dtype) + self.coupled_weight_decay * ops.convert_to_tensor(variable)
        if self.momentum:
            velocity = self.momentums[self._get_variable_index(variable)]
            step = self.momentum * ops.convert_to_tensor(velocity) + step
            self.assign(velocity, step)
        self.assign_sub(variable, rate * step)

    def get_config(self) -> dict:
        """Returns what rebuilds the optimiser."""
        return super().get_config() | {"coupled_weight_decay": self.coupled_weight_decay}


def warmup_cosine(
    peak: float, *, first: float, last: float, warmup_updates: int, updates: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Returns a learning rate that rises linearly from `first` to `peak`, then falls to `last` along a half cosine.

    Args:
        peak: the rate after the warm-up.
        first: the rate of update 0 (without a warm-up it is `peak`).
        last: the rate after `updates`.
        warmup_updates: length of the rise; 0 for none.
        updates: length of the whole.

    Raises:
        ValueError: The warm-up is as long as the whole or longer.

    >>> import conbal_tf as cb
    >>> rate = cb.warmup_cosine(0.5, first=0.1, last=0.0, warmup_updates=10, updates=110)
    >>> [round(float(rate(update)), 3) for update in (0, 10, 60, 110)]
    [0.1, 0.5, 0.25, 0.0]
    """
    check_warmup(warmup_updates, updates)
    # Keras counts the steps of the decay from the end of the warm-up, and states the last rate as a share of the peak.
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=first if warmup_updates else peak,
        decay_steps=updates - warmup_updates,
        alpha=last / peak,
        warmup_target=peak if warmup_updates else None,
        warmup_steps=warmup_updates,
    )


def check_warmup(warmup_updates: int, updates: int) -> None:
    """Refuses a warm-up that leaves nothing of a training.

    Raises:
        ValueError: It is as long as the whole or longer.
    """
    if warmup_updates >= updates:
        raise ValueError(
            f"A warm-up of {warmup_updates} updates leaves nothing of a training of {updates}. "
            "Shorten it (training.warmup)."
        )
