"""The section of the probabilities: whether they can be believed, as trained and calibrated."""

from collections.abc import Sequence

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.page.markup import Html, folded, join, note, table
from conbal_tf.reporting.page.pieces import absent, beside, keys, named, panel, panels, said, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, curve, line, marker, picture, ticks
from conbal_tf.reporting.page.words import is_number, number, share, title_of

BEFORE, AFTER = 1, 0
"""Colours and marks."""
STEPS = {"before": (BEFORE, "as trained"), "after": (AFTER, "calibrated")}


def reliability(runs: Sequence[PageRun]) -> Html:
    """Returns how often the predicted class is right, by the probability that it was given, before and after."""
    there, lacking = split_by(runs, lambda run: run.calibration)
    charts = [panel(run.title if len(runs) > 1 else "", keys(STEPS.values()), _chart(run)) for run in there]
    tables = [_scores(run) for run in there]
    drawn = [beside(*charts, *tables)] if len(runs) == 1 else [panels(*charts, class_="panels large")]
    shown = [
        said(runs, {run.title: _sentence(run) for run in there}),
        *drawn,
        note(
            "On the diagonal a probability is kept: of the images that get 0.8, 80\u202f% are right. Below it the "
            "network is too sure. The size of a mark grows with its number of images."
        ),
        *(folded(f"Scores of {run.title}", scores) for run, scores in zip(there, tables, strict=True) if len(runs) > 1),
        *(folded(named(runs, run, "Numbers of the chart"), _marks(run)) for run in there),
    ]
    return join([*(shown if there else []), absent(lacking, "calibration.json", "reliability")])


def _bins(run: PageRun, step: str) -> list[tuple[float, float, int]]:
    assert run.calibration is not None
    bins = ((run.calibration.get("reliability") or {}).get("test") or {}).get(step) or {}
    rows = zip(bins.get("confidence", ()), bins.get("accuracy", ()), bins.get("count", ()), strict=False)
    return [(float(x), float(y), int(count)) for x, y, count in rows if is_number(x) and is_number(y) and count]


def _chart(run: PageRun) -> Html:
    frame = Frame(330, 330, left=36, top=26, bottom=42)
    drawn = [axes(frame, ticks(0, 1), ticks(0, 1), "probability of the predicted class", "share that is right")]
    drawn.append(line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "chance"))
    for step, (series, title) in STEPS.items():
        bins = _bins(run, step)
        largest = max((count for _, _, count in bins), default=1)
        drawn.append(curve(frame, [x for x, _, _ in bins], [y for _, y, _ in bins], f"s{series}"))
        for x, y, count in bins:
            hint = f"{title}: {share(y)} of {count:,} images are right at {number(x, 2)}"
            size = 2.5 + 5 * (count / largest) ** 0.5
            drawn.append(marker(frame.x(x), frame.y(y), series, f"s{series}", hint, size))
    return picture(frame, f"Reliability on the test part: {run.title}", "Share that is right over probability.", *drawn)


def _sentence(run: PageRun) -> str:
    assert run.calibration is not None
    if run.calibration.get("fitted_on_training"):
        return "the validation part was trained on, so a calibration fitted there means nothing."
    test = run.calibration.get("test") or {}
    before, after = ((test.get(step) or {}).get("ece") for step in STEPS)
    before_by_class, after_by_class = ((test.get(step) or {}).get("classwise_ece") for step in STEPS)
    temperature = run.calibration.get("temperature")
    return (
        f"the calibration error on test goes from {number(before)} as trained to {number(after)}, that class by class "
        f"from {number(before_by_class)} to {number(after_by_class)}; as trained, the network is "
        f"{_sureness(temperature)} (temperature {number(temperature, 2)})."
    )


def _sureness(temperature: float | None) -> str:
    if not is_number(temperature) or 0.95 <= float(temperature or 1) <= 1.05:
        return "about as sure as it should be"
    return "too sure" if float(temperature or 1) > 1 else "not sure enough"


def _scores(run: PageRun) -> Html:
    assert run.calibration is not None
    test = run.calibration.get("test") or {}
    columns = {step: title for step, title in STEPS_OF_TABLE.items() if test.get(step)}
    there = dict.fromkeys(key for step in columns for key in test[step] if key in OVERALL)
    rows = [(title_of(key), *(number(test[step].get(key)) for step in columns)) for key in there]
    caption = f"Scores on the test part, as trained and calibrated: {run.title}"
    return table(["score on the test part", *columns.values()], rows, caption, "numbers")


def _marks(run: PageRun) -> Html:
    rows = [
        (title, number(x), number(y), f"{count:,}")
        for step, (_, title) in STEPS.items()
        for x, y, count in _bins(run, step)
    ]
    head = ["", "probability", "share that is right", "images"]
    return table(head, rows, f"Marks of the chart: {run.title}", "numbers")


STEPS_OF_TABLE = {"before": "as trained", "temperature": "temperature alone", "after": "calibrated"}
