"""predictions.csv, read back."""

import re
from pathlib import Path

import pytest

from conbal_tf.evaluation.scores import score
from conbal_tf.metrics.prediction_table import answers_of, read_predictions
from tests.evaluation.made_predictions import COUNTS, predictions


def test_file_gives_the_same_figures_as_the_table(tmp_path: Path) -> None:
    table = predictions()
    table.to_csv(tmp_path / "predictions.csv", index=False)
    again = read_predictions(tmp_path)
    assert again["id"].tolist() == table["id"].tolist() and "NA" in set(again["label"])
    assert score(again, COUNTS, [], resamples=20) == score(table, COUNTS, [], resamples=20)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", r"cannot be read as a table"),
        (lambda text: text.replace("group", "lesion", 1), r"has no column group: received id, part, lesion"),
        (lambda text: text.replace("p_mid", "p_middle", 1), r"received 'p_mid' in part test"),
        (lambda text: text.replace(",big,", ",huge,", 200), r"received 'huge' in part"),
        (lambda text: text.replace("test,", "tested,"), r"received no row in part test"),
        (lambda text: text.replace(",0.", ",x.", 1), r"holds a probability that is no number"),
        (lambda text: text.replace(",0.", ",4.", 1), r"is no distribution over classes"),
        (lambda text: re.sub(r"(test.*),0\.\d+", r"\1,NaN", text, count=1), r"is no distribution over classes"),
        (lambda text: re.sub(r"(test.*),0\.\d+", r"\1,", text, count=1), r"holds a probability that is no number"),
        (lambda text: text.replace("big,big,", "big,mid,"), r"contradicts itself: test000 is predicted as 'mid'"),
    ],
)
def test_broken_file_is_one_clear_error(tmp_path: Path, spoil, message: str) -> None:  # type: ignore[no-untyped-def]
    text = predictions().to_csv(index=False)
    (tmp_path / "predictions.csv").write_text(spoil(text))
    with pytest.raises(ValueError, match=message):
        score(read_predictions(tmp_path), COUNTS, [], resamples=5)


def test_classes_in_the_order_of_the_run() -> None:
    answers = answers_of(predictions(), "test", COUNTS)
    assert answers.class_names == tuple(COUNTS)
    assert answers.class_groups == (("big",), ("mid",), ("NA",))
