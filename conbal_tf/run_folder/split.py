"""The protocol.csv of a run, and whether a table of answers is of the images that it names."""

from pathlib import Path

import pandas as pd

from conbal_tf.run_folder.csv_file import read_table
from conbal_tf.run_folder.damage import damaged, remedy_of
from conbal_tf.run_folder.files import file_of

COLUMNS = ("id", "part", "group")
ANSWERED = ("validation", "test")
PARTS = ("train", *ANSWERED)


def read_split(run: Path) -> pd.DataFrame:
    """Returns a run's protocol.csv: `id`, `part` and `group` of every image [str each].

    Args:
        run: its folder.

    Raises:
        FileNotFoundError: It is not there.
        ValueError: It cannot be read, names an image twice, or a part that is none.
    """
    path = file_of(run, "protocol.csv")
    table = read_table(path, COLUMNS)
    if strangers := sorted(set(table["part"]) - set(PARTS)):
        raise damaged(path, f"the part {strangers[0]!r}", ", ".join(PARTS))
    if table["id"].duplicated().any():
        raise damaged(path, f"{table['id'][table['id'].duplicated()].iloc[0]!r} in two rows", "a row for each image")
    return table


def check_answered(answers: pd.DataFrame, split: pd.DataFrame, run: Path) -> None:
    """Refuses answers that are not exactly to the images of validation and test, each once, in its part and group.

    Args:
        answers: of predictions.csv: `id`, `part` and `group` [str each].
        split: as `read_split` gives it.
        run: the folder of both.

    Raises:
        ValueError: They are of other images.
    """
    wanted = split[split["part"].isin(ANSWERED)].set_index("id")
    known = answers[answers["id"].isin(wanted.index)]
    its = wanted.loc[known["id"]]
    faults = {
        "missing": wanted.index[~wanted.index.isin(answers["id"])],
        "unknown or of training": answers["id"][~answers["id"].isin(wanted.index)],
        "given more than once": answers["id"][answers["id"].duplicated()],
        **{f"in another {name}": known["id"][known[name].to_numpy() != its[name].to_numpy()] for name in COLUMNS[1:]},
    }
    found = [f"{len(ids):,} {what} (such as {ids.tolist()[0]!r})" for what, ids in faults.items() if len(ids)]
    if found:
        path = run / "predictions.csv"
        raise ValueError(
            f"{path} is not of the images in {run / 'protocol.csv'}: received {', '.join(found)}. "
            f"Allowed is one row for each image of {' and '.join(ANSWERED)}, with its part and group. {remedy_of(path)}"
        )
