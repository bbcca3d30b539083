"""What calibration changes, as text."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.columns import figure, in_columns

STATES = {"before": "as trained", "temperature": "temperature", "after": "with prior"}
WARNING = (
    "The validation part was trained on, so this calibration says nothing: the classifier knows these images by heart. "
    "Train on the part train alone (--data.train_parts train) to calibrate."
)


def calibration_table(calibration: Mapping[str, Any]) -> str:
    """Returns what was fitted, and the test part's scores as trained, by temperature alone and with the class prior.

    Args:
        calibration: what a run's calibration.json holds.
    """
    fitted = "temperature {temperature:.3f}, strength of the class prior {prior_strength:.3f}".format_map(calibration)
    test = calibration["test"]
    rows = [["test part", *STATES.values()]]
    rows += [
        [OVERALL[name].title, *(figure(test[state].get(name)) for state in STATES)]
        for name in test["before"]
        if name in OVERALL
    ]
    warning = ["", WARNING] * bool(calibration.get("fitted_on_training"))
    return "\n".join([f"Calibration, fitted on the validation part: {fitted}", "", in_columns(rows), *warning])
