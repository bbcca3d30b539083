"""What calibration changes, as text."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.metrics.measures import OVERALL

WIDTH = 30
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
    lines = [f"Calibration, fitted on the validation part: {fitted}", ""]
    lines.append("test part".ljust(WIDTH) + "".join(title.rjust(14) for title in STATES.values()))
    for name in calibration["test"]["before"]:
        title = OVERALL[name].title.ljust(WIDTH)
        lines.append(title + "".join(f"{calibration['test'][state][name]:.3f}".rjust(14) for state in STATES))
    return "\n".join(lines + ["", WARNING] * bool(calibration["fitted_on_training"]))
