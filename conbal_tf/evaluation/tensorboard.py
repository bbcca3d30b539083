"""What TensorBoard shows of a finished run beside its curves: its pictures, and its embeddings in the projector."""

import io
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.scores.prediction_table import read_features, read_predictions

FEATURES = "features"
# The projector draws all points in the browser: with more, it stutters.
MOST_POINTS = 10_000
_CONFIG = f"""embeddings {{
  tensor_name: "{FEATURES}"
  tensor_path: "tensors.tsv"
  metadata_path: "metadata.tsv"
}}
"""
_ABOUT = (
    "The backbone's features of the validation and test images, coloured by `label`, `part`, `predicted` or `correct` "
    "under Projector. They are those of embeddings.npz."
)


def write_projector(run: Path) -> Path:
    """Returns `logs/projector/`, with the backbone's features of validation and test for TensorBoard's projector.

    It holds tensors.tsv (a row of numbers for each image), metadata.tsv (`id`, `part`, `label`, `predicted`,
    `correct`) and projector_config.pbtxt; at most 10,000 images, drawn evenly from the rows. What was there is
    replaced.

    Args:
        run: a run folder with embeddings.npz and predictions.csv.

    Raises:
        FileNotFoundError: If one of the two is missing.
        ValueError: If they are not of the same images.
    """
    table = read_predictions(run)
    features = read_features(run, table)
    shown = np.arange(0, len(table), -(-len(table) // MOST_POINTS))
    folder = run / "logs" / "projector"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = io.StringIO()
    np.savetxt(rows, features[shown], fmt="%.6g", delimiter="\t")
    write_whole(folder / "tensors.tsv", rows.getvalue())
    write_whole(folder / "metadata.tsv", _metadata(table.iloc[shown]))
    write_whole(folder / "projector_config.pbtxt", _CONFIG)
    # TensorBoard looks for the projector's files only where it finds events.
    with tf.summary.create_file_writer(str(folder)).as_default():
        tf.summary.text("about the projector", _ABOUT, step=0)
    return folder


def write_pictures(run: Path, pictures: Iterable[Path]) -> None:
    """Shows PNG files under Images in TensorBoard, each by its name, with `logs/pictures/` as their run.

    Args:
        run: a run folder.
        pictures: PNG files, such as those in its figures/.
    """
    folder = run / "logs" / "pictures"
    shutil.rmtree(folder, ignore_errors=True)
    with tf.summary.create_file_writer(str(folder)).as_default():
        for picture in pictures:
            pixels = tf.io.decode_png(picture.read_bytes(), channels=3)
            tf.summary.image(picture.stem, pixels[None], step=0)


def _metadata(table: pd.DataFrame) -> str:
    """Returns what is known of each point; the projector knows no quotes, so no tab or line may stand in a name."""
    known = table[["id", "part", "label", "predicted"]].replace(r"\s+", " ", regex=True)
    correct = np.where(known["label"] == known["predicted"], "yes", "no")
    rows = known.assign(correct=correct).itertuples(index=False)
    lines = ["\t".join([*known.columns, "correct"]), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"
