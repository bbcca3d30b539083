"""predictions.csv against protocol.csv."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conbal_tf.evaluate import evaluate
from conbal_tf.run_folder.split import check_answered, read_split
from conbal_tf.scores.prediction_table import read_predictions
from conbal_tf.settings.schema import Settings
from tests.reporting.run_folders import metrics, write_run
from tests.scores.made_predictions import COUNTS, predictions, write_predictions

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def set_cell(row: int, column: str, value: str) -> Edit:
    def edit(table: pd.DataFrame) -> pd.DataFrame:
        cells = table[column].tolist()
        cells[row] = value
        return table.assign(**{column: cells})

    return edit


# Of 60 images of validation and 60 of test.
EDITS: dict[str, tuple[Edit, str]] = {
    "cut after a whole line": (lambda table: table[:-1], r"1 missing \(such as 'test059'\)"),
    "cut in the middle": (lambda table: table[:90], r"30 missing \(such as 'test030'\)"),
    "without its first row": (lambda table: table[1:], r"1 missing \(such as 'validation000'\)"),
    "without a part": (lambda table: table[:60], r"60 missing \(such as 'test000'\)"),
    "the last row twice": (lambda table: pd.concat([table, table[-1:]]), r"1 given more than once \(such as 'test059'"),
    "everything twice": (lambda table: pd.concat([table, table]), r"120 given more than once"),
    "a row for another": (
        lambda table: pd.concat([table[:-1], table[:1]]), r"1 missing .*, 1 given more than once \(such as 'validation0"
    ),
    "another id": (set_cell(70, "id", "new"), r"1 missing \(such as 'test010'\), 1 unknown or of training"),
    "an id with a blank": (set_cell(70, "id", "test010 "), r"1 unknown or of training \(such as 'test010 '\)"),
    "an image of training": (set_cell(70, "id", "of training"), r"1 unknown or of training \(such as 'of training'\)"),
    "a part relabelled": (set_cell(0, "part", "test"), r"1 in another part \(such as 'validation000'\)"),
    "a part that is none": (set_cell(0, "part", "tested"), r"1 in another part"),
    "parts exchanged": (
        lambda table: table.assign(part=table["part"].map({"test": "validation", "validation": "test"})),
        r"120 in another part",
    ),
    "another group": (set_cell(119, "group", "test000"), r"1 in another group \(such as 'test059'\)"),
    "no group": (set_cell(119, "group", ""), r"1 in another group \(such as 'test059'\)"),
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = write_run(tmp_path / "run", Settings(), metrics(dict.fromkeys(COUNTS, 0.5), COUNTS))
    write_predictions(run, predictions())
    return run


@pytest.mark.parametrize("name", EDITS)
def test_answers_to_other_images_are_refused_before_anything_is_written(run: Path, name: str) -> None:
    edit, message = EDITS[name]
    before = (run / "metrics.json").read_bytes()
    edit(predictions()).to_csv(run / "predictions.csv", index=False)
    with pytest.raises(ValueError, match=rf"{run}/predictions.csv is not of the images in .*protocol.csv: .*{message}"):
        evaluate(run)
    assert (run / "metrics.json").read_bytes() == before
    assert not (run / "calibration.json").exists()


def test_answers_in_another_order_are_the_same_answers(run: Path) -> None:
    write_predictions(run, predictions())
    mixed = predictions().sample(frac=1, random_state=0)
    mixed.to_csv(run / "predictions.csv", index=False)
    assert set(read_predictions(run)["id"]) == set(mixed["id"])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda text: text.replace("train", "trained"),
            r"received the part 'trained'\. Allowed is train, validation, test",
        ),
        (lambda text: text + text.splitlines()[-1] + "\n", r"received 'test059' in two rows"),
        (lambda text: text.replace("group", "lesion", 1), r"received no column group but id, part, lesion"),
    ],
)
def test_protocol_that_is_none_is_named(run: Path, edit: Callable[[str], str], message: str) -> None:
    path = run / "protocol.csv"
    path.write_text(edit(path.read_text()))
    with pytest.raises(ValueError, match=rf"^{path} cannot be read: {message}.*protocols/ beside the records"):
        read_split(run)


@given(st.permutations(range(12)), st.integers(0, 12), st.lists(st.integers(0, 11), max_size=3))
def test_whatever_is_left_out_or_repeated_is_found(order: list[int], kept: int, again: list[int]) -> None:
    parts = ["train"] * 4 + ["validation"] * 4 + ["test"] * 4
    split = pd.DataFrame(
        {"id": [f"i{n}" for n in range(12)], "part": parts, "group": [f"g{n // 2}" for n in range(12)]}
    )
    chosen = [*order[:kept], *again]
    answers = split.iloc[chosen]
    if sorted(chosen) == [4, 5, 6, 7, 8, 9, 10, 11]:
        check_answered(answers, split, Path("run"))
    else:
        with pytest.raises(ValueError, match=r"is not of the images in run/protocol\.csv"):
            check_answered(answers, split, Path("run"))


def test_exactly_the_images_of_validation_and_test_pass() -> None:
    split = pd.DataFrame({"id": list("abc"), "part": ["train", "validation", "test"], "group": ["a", "b", ""]})
    check_answered(split[1:], split, Path("run"))
