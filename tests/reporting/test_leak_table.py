"""The figures with and without leaks, side by side."""

from conbal_tf.reporting.leak_table import leak_table


def part(accuracy: float, support: int) -> dict:
    per_class = {"MEL": {"recall": accuracy, "support": support}, "unseen": {"recall": 0.0, "support": 0}}
    scores = {"accuracy": accuracy, "macro_f1": 0.5, "balanced_accuracy": 0.5}
    return {**scores, "per_class": per_class, "class_names": ["MEL", "unseen"]}


def test_each_figure_stands_beside_its_honest_one() -> None:
    mix = {"accuracy": 0.7, "macro_f1": 0.5, "balanced_accuracy": 0.5}
    flattery = {"accuracy": 0.1, "macro_f1": 0.0, "balanced_accuracy": -0.02}
    scores = {"all": part(0.8, 1334), "without_leaks": part(0.6, 131), "same_class_mix": mix, "flattery": flattery}
    ends = {"accuracy": [0.05, 0.15], "macro_f1": [None, None], "balanced_accuracy": [-0.1, 0.06]}
    recalls = {"MEL": [0.1, 0.3], "unseen": [None, None]}
    text = leak_table(scores | {"flattery_interval": ends, "recall_interval": recalls})
    lines = [line.split() for line in text.splitlines()]
    assert lines[1] == ["accuracy", "0.800", "0.600", "0.700", "+0.100", "(+0.050", "to", "+0.150)"]
    assert lines[2][-1] == "+0.000"  # an interval that is not known is not shown
    assert lines[3][-4:] == ["-0.020", "(-0.100", "to", "+0.060)"]
    assert " ".join(lines[4]) == "recall of MEL 0.800 of 1,334 0.600 of 131 +0.200 (+0.100 to +0.300)"
    assert len(lines) == 5  # a class that is not tested has no recall
    assert max(map(len, text.splitlines())) <= 100
