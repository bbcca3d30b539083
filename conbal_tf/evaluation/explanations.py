"""What the page shows of a run beside figures: thumbnails, a map, mistakes with heat maps, and what they resemble."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np
import pandas as pd

from conbal_tf.data.inference import answers_of
from conbal_tf.data.pipeline import TestView, evaluation_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation.answered import Answered, read_answers
from conbal_tf.evaluation.grad_cam import grad_cam, over_pixels
from conbal_tf.evaluation.sprite import sheet, small_images, tile_side
from conbal_tf.metrics.embedding_map import embedding_map
from conbal_tf.metrics.neighbours import nearest
from conbal_tf.networks.heads import with_features
from conbal_tf.run_folder.whole_file import write_whole

FILE = "explanations.npz"
LARGEST_PICTURE = 128
NEIGHBOURS = 3
BANK_PER_CLASS = 200
# Of a patient there may be hundreds of images.
GROUP_AT_MOST = 20
BATCH = 64

Arrays: TypeAlias = dict[str, Any]
Progress: TypeAlias = Callable[[str, int], Callable[[int], None]]
"""(what is done, how many there are) to a function that is told how many are done."""


@dataclass(frozen=True)
class Examined:
    """A classifier, and what it is examined on."""

    classifier: keras.Model
    """Images to probabilities."""
    data: SplitRecords
    """The records under the run's protocol."""
    view: TestView
    """The size at which it is shown images."""
    train_parts: tuple[str, ...]
    """What it was trained on."""


def explain(examined: Examined, run: Path, *, progress: Progress = lambda stage, total: lambda done: None) -> Path:
    """Writes explanations.npz of a run that is evaluated; `overview`, `heat`, `neighbours`, `pictures` tell its arrays.

    It appears under its name only when it is whole.

    Args:
        examined: the run's classifier and what it was tested on.
        run: run folder with predictions.csv and embeddings.npz.
        progress: makes what is told of each long pass over images.

    Returns:
        The file.

    Raises:
        FileNotFoundError: The run has no predictions.csv or no embeddings.npz.
        ValueError: They are not of these records, or features are not finite.
    """
    answered = read_answers(run, examined.data)
    mistakes = answered.surest_mistakes()
    side = min(examined.view.test_size, LARGEST_PICTURE)
    arrays: Arrays = {"mistake_ids": mistakes["id"].to_numpy(str)}
    arrays |= overview(answered, examined.data, progress)
    arrays |= neighbours(examined, mistakes["id"], answered.features[mistakes.index], progress)
    arrays |= heat(examined, mistakes, side)
    arrays |= pictures(examined.data, arrays["mistake_ids"], arrays["neighbour_ids"], side)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    write_whole(run / FILE, stream.getbuffer())
    return run / FILE


def overview(answered: Answered, data: SplitRecords, progress: Progress) -> Arrays:
    """Returns all test images on one sheet, and their places on a map.

    Returns:
        test_ids [(n,) str], map [(n, 2) float32], tile [() int], columns [() int], sprite [(bytes,) uint8]: a JPEG.
    """
    ids = answered.rows["id"]
    tile = tile_side(len(ids), int(data.records.facts["image_size"]))
    thumbnails = small_images(data.records, ids, tile, progress("thumbnails", len(ids)))
    sprite, columns = sheet([thumbnails[identity] for identity in ids])
    return {
        "test_ids": ids.to_numpy(str),
        "map": embedding_map(answered.features, answered.labels),
        "tile": np.array(tile),
        "columns": np.array(columns),
        "sprite": np.frombuffer(sprite, np.uint8),
    }


def neighbours(examined: Examined, ids: pd.Series, features: np.ndarray, progress: Progress) -> Arrays:
    """Returns the training images that the backbone takes for most like some test images, the nearest first.

    They are found among at most 200 of each class, drawn at random. What belongs to the group of a test image is
    always among those: a copy, or another photograph of the same lesion, explains more than any other.

    Args:
        examined: the classifier and its records.
        ids: the test images [(m,) str].
        features: theirs [(m, dimensions) float32].
        progress: as for `explain`.

    Returns:
        neighbour_ids and neighbour_labels [(m, 3) str], neighbour_similarity [(m, 3) float32]: cosines.
    """
    bank = _bank(examined.data, ids, examined.train_parts)
    batches = evaluation_batches(examined.data.records, bank["id"], examined.view, batch_size=BATCH)
    answers = answers_of(with_features(examined.classifier))(batches, progress("neighbours", len(bank)))
    found, similarity = nearest(answers["features"], features, NEIGHBOURS)
    labels = np.array(examined.data.records.class_names)[bank["label"]]
    return {
        "neighbour_ids": bank["id"].to_numpy(str)[found],
        "neighbour_labels": labels[found],
        "neighbour_similarity": similarity,
    }


def heat(examined: Examined, mistakes: pd.DataFrame, side: int) -> Arrays:
    """Returns where the classifier sees the class that it names, and where the true one.

    Args:
        examined: the classifier and its records.
        mistakes: `id`, `predicted` and `label` of test images.
        side: of the maps, in pixels.

    Returns:
        heat_predicted and heat_true [(m, side, side) float16] in 0-1.
    """
    records, signs = examined.data.records, grad_cam(examined.classifier)
    numbers = mistakes[["predicted", "label"]].apply(lambda names: names.map(records.class_names.index))
    maps = {column: np.zeros((len(mistakes), side, side), np.float16) for column in numbers}
    # Images come in the records' order.
    order = pd.Index(mistakes["id"]).get_indexer(records.select(mistakes["id"])["id"])
    batches, done = evaluation_batches(records, mistakes["id"], examined.view, batch_size=BATCH), 0
    for batch in batches:
        rows = order[done : done + len(batch)]
        for column, found in maps.items():
            cells = signs(batch, numbers[column].to_numpy(int)[rows])
            found[rows] = over_pixels(cells, tuple(batch.shape[1:3]), side)
        done += len(batch)
    return {"heat_predicted": maps["predicted"], "heat_true": maps["label"]}


def pictures(data: SplitRecords, ids: np.ndarray, neighbour_ids: np.ndarray, side: int) -> Arrays:
    """Returns the mistakes and their neighbours as stored, squeezed to squares.

    Returns:
        mistake_images [(m, side, side, 3) uint8] and neighbour_images [(m, 3, side, side, 3) uint8].
    """
    found = small_images(data.records, {*ids, *neighbour_ids.flat}, side)
    return {
        f"{name}_images": np.array([found[identity] for identity in wanted.flat], np.uint8).reshape(
            *wanted.shape, side, side, 3
        )
        for name, wanted in (("mistake", ids), ("neighbour", neighbour_ids))
    }


def _bank(data: SplitRecords, ids: pd.Series, train_parts: tuple[str, ...]) -> pd.DataFrame:
    rows, drawn = data.rows(*train_parts), data.balanced_sample(train_parts, BANK_PER_CLASS, seed=0)
    related = rows[rows["group"].isin(data.records.select(ids)["group"])].groupby("group").head(GROUP_AT_MOST)
    # In reading order, in which `evaluation_batches` gives their images.
    return rows[rows.index.isin(drawn.index.union(related.index))]
