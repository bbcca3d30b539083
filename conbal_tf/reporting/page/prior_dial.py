"""The section of the prior dial: what a correction of the probabilities to another class prior does to the scores."""

from collections.abc import Sequence

from conbal_tf.metrics.measures import OVERALL
from conbal_tf.reporting.page.markup import Html, folded, join, note, table
from conbal_tf.reporting.page.pieces import absent, beside, keys, named, panel, panels, said, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.svg import Frame, axes, curve, line, picture, text, ticks
from conbal_tf.reporting.page.words import is_number, number

STEP = 0.5
# Score: its colour and its title.
DIALLED = {
    name: (colour, OVERALL[name].title) for name, colour in (("accuracy", 6), ("balanced_accuracy", 1), ("macro_f1", 0))
}


def prior_dial(runs: Sequence[PageRun]) -> Html:
    """Returns the scores over the strength of the correction from the training prior to that of the validation part."""
    there, lacking = split_by(runs, lambda run: (run.calibration or {}).get("prior_dial"))
    numbers = [_numbers(run, STEP) for run in there]
    charts = [panel(run.title if len(runs) > 1 else "", keys(DIALLED.values()), _chart(run)) for run in there]
    shown = [
        said(runs, {run.title: _sentence(run) for run in there}),
        beside(*charts, *numbers) if len(runs) == 1 else panels(*charts, class_="panels large"),
        note(
            "To the right, what is frequent is believed more; to the left, what is rare. 0: as trained. 1: the class "
            "shares of the validation part are put in, as a network needs that was trained on balanced classes; −1: "
            "they are taken out. Every strength is scored on the test part: to be read, and not to be chosen from."
        ),
        *(folded(named(runs, run, "All strengths"), _numbers(run, 0)) for run in there),
    ]
    return join([*(shown if there else []), absent(lacking, "calibration.json", "the prior dial")])


def _dial(run: PageRun) -> dict[str, list[float]]:
    assert run.calibration is not None
    return dict(run.calibration["prior_dial"])


def _chart(run: PageRun) -> Html:
    dial = _dial(run)
    strengths = dial["strength"]
    values = [value for key in DIALLED for value in dial.get(key, ()) if is_number(value)]
    low = max(0.0, min(values) - 0.05)
    frame = Frame(
        330,
        260,
        (min(strengths), max(strengths) or 1.0),
        (low, min(1.0, max(values) + 0.05)),
        left=40,
        top=16,
        bottom=42,
    )
    drawn = [axes(frame, ticks(*frame.x_range), ticks(*frame.y_range), "strength of the correction", "")]
    for key, (series, _) in DIALLED.items():
        if dial.get(key):
            drawn.append(curve(frame, strengths, dial[key], f"s{series}"))
    if frame.x_range[0] < 0 < frame.x_range[1]:
        drawn.append(line(frame.x(0), frame.top, frame.x(0), frame.height - frame.bottom, "grid"))
    fitted = (run.calibration or {}).get("prior_strength")
    if is_number(fitted) and frame.x_range[0] <= float(fitted) <= frame.x_range[1]:  # type: ignore[arg-type]
        x = frame.x(float(fitted))  # type: ignore[arg-type]
        drawn += [
            line(x, frame.top, x, frame.height - frame.bottom, "aim"),
            text(x + 4, frame.top + 10, "fitted", "tick"),
        ]
    return picture(frame, f"Scores over the prior's strength: {run.title}", "Scores of the test part.", *drawn)


def _sentence(run: PageRun) -> str:
    """Says where each score is highest, beside what it is without any correction."""
    dial = _dial(run)
    strengths = list(dial["strength"])
    at_rest = min(range(len(strengths)), key=lambda place: abs(strengths[place]))
    told = []
    for key, (_, title) in DIALLED.items():
        if dial.get(key):
            best = max(range(len(strengths)), key=lambda place: dial[key][place])
            told.append(
                f"{title} is highest, {number(dial[key][best])}, at {number(strengths[best], 2)} "
                f"({number(dial[key][at_rest])} at 0)"
            )
    return f"{'; '.join(told)}."


def _numbers(run: PageRun, step: float) -> Html:
    """Returns the scores at every strength, or at those that are multiples of a step."""
    dial = _dial(run)
    scores = {key: title for key, (_, title) in DIALLED.items() if dial.get(key)}
    rows = [
        (number(strength, 2), *(number(dial[key][place]) for key in scores))
        for place, strength in enumerate(dial["strength"])
        if not step or abs(strength / step - round(strength / step)) < 1e-6
    ]
    caption = f"Scores over the strength of the prior: {run.title}"
    return table(["strength", *scores.values()], rows, caption, "numbers")
