"""How often the predicted class is right, by the probability that it was given: as trained and calibrated."""

from collections.abc import Mapping
from typing import Any

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import line, marker
from conbal_tf.reporting.words import is_number, number, share

STATES = {"before": Key(1, "as trained", mark=True), "after": Key(0, "calibrated", mark=True)}
REMARK = "The validation part was trained on, so a calibration fitted there means nothing."


def reliability(calibration: Mapping[str, Any], title: str = "") -> Chart:
    """Returns the share that is right over the probability; the size of a mark grows with its number of images.

    Args:
        calibration: a run's calibration.json, with `reliability`.
        title: of the run.
    """
    frame = Frame(330, 330, left=36, top=26, bottom=42)
    drawn = [frame.axes(ticks(0, 1), ticks(0, 1), "probability of the predicted class", "share that is right")]
    drawn.append(line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "chance"))
    for state, key in STATES.items():
        bins = bins_of(calibration, state)
        largest = max((count for _, _, count in bins), default=1)
        drawn.append(frame.curve([x for x, _, _ in bins], [y for _, y, _ in bins], f"s{key.series}"))
        for x, y, count in bins:
            hint = f"{key.label}: {share(y)} of {count:,} images are right at {number(x, 2)}"
            # A point of few images jumps up and down by chance: it is to look as small as what it says.
            size = 2.5 + 5 * (count / largest) ** 0.5
            drawn.append(marker(frame.x(x), frame.y(y), key.series, hint, size))
    told = REMARK if calibration.get("fitted_on_training") else "Share that is right over probability."
    return frame.chart(f"Reliability on the test part: {title}", told, drawn, heading=title, keys=(*STATES.values(),))


def bins_of(calibration: Mapping[str, Any], state: str) -> list[tuple[float, float, int]]:
    """Returns probability, share that is right and number of images of each bin that has some, before or after."""
    bins = ((calibration.get("reliability") or {}).get("test") or {}).get(state) or {}
    rows = zip(bins.get("confidence", ()), bins.get("accuracy", ()), bins.get("count", ()), strict=False)
    return [(float(x), float(y), int(count)) for x, y, count in rows if is_number(x) and is_number(y) and count]
