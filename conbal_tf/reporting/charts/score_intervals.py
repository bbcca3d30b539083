"""Scores with their intervals: on a strip from 0 to 1 in a table, or of several runs below one another."""

from collections.abc import Sequence

from conbal_tf.reporting.charts.chart import Chart, Key
from conbal_tf.reporting.charts.frame import Frame, ticks
from conbal_tf.reporting.charts.marks import line, marker, text
from conbal_tf.reporting.words import number, spread

Ends = tuple[float, float] | None


def strip(title: str, value: float, ends: Ends) -> Chart:
    """Returns a score and its interval on a scale from 0 to 1, as high as a line of a table."""
    frame = Frame(220, 18, left=6, right=6, top=0, bottom=0)
    drawn = [line(frame.x(0), 9, frame.x(1), 9, "grid")]
    drawn += [line(frame.x(x), 5, frame.x(x), 13, "grid") for x in (0, 0.5, 1)]
    if ends:
        drawn.append(line(frame.x(ends[0]), 9, frame.x(ends[1]), 9, "reach s0"))
    drawn.append(marker(frame.x(value), 9, 0, size=3.5))
    return frame.chart(f"{title} from 0 to 1", f"{number(value)} {spread(ends)}", drawn)


def ranked(title: str, scores: Sequence[tuple[Key, float, Ends]]) -> Chart:
    """Returns a mark for each run on its interval, the highest score at the top.

    Args:
        title: of the score.
        scores: of each run, with its interval.
    """
    scores = sorted(scores, key=lambda score: -score[1])
    reach = [value for _, score, ends in scores for value in (score, *(ends or ()))]
    low, high = max(0.0, min(reach) - 0.03), min(1.0, max(reach) + 0.03)
    frame = Frame(300, 36 + 38 * len(scores), (low, high), left=8, top=4, bottom=26)
    drawn = [frame.axes(ticks(low, high, 4), []), *(frame.upright(value, "grid") for value, _ in ticks(low, high, 4))]
    for row, (key, value, ends) in enumerate(scores):
        y, label = 26 + 38 * row, f"{key.label}  {number(value)}"
        if ends:
            drawn.append(line(frame.x(ends[0]), y, frame.x(ends[1]), y, f"reach s{key.series}"))
        drawn += [marker(frame.x(value), y, key.series, label), text(8, y - 10, label, "value halo")]
    told = "; ".join(f"{key.label} {number(value)} {spread(ends)}" for key, value, ends in scores)
    return frame.chart(f"{title} by run", f"{told}.", drawn, heading=title)
