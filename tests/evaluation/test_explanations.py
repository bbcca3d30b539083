"""explanations.npz: what it holds, of the right images, and only when it is whole."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from conbal_tf.data.pipeline import TestView, evaluation_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation import explanations
from conbal_tf.evaluation.explanations import Examined, explain
from conbal_tf.evaluation.grad_cam import grad_cam, over_pixels
from conbal_tf.networks.heads import load_classifier, with_features

Arrays = dict[str, np.ndarray]


def copy_of(finished_run: Path, folder: Path) -> Path:
    """Returns the folder, with what a finished run has answered in it."""
    for name in ("predictions.csv", "embeddings.npz", "protocol.csv"):
        shutil.copy(finished_run / name, folder)
    return folder


@pytest.fixture(scope="module")
def examined(finished_run: Path, digits: SplitRecords) -> Examined:
    """Returns the classifier of the finished run and its images."""
    return Examined(load_classifier(finished_run / "classifier.keras"), digits, TestView(12), ("train",))


@pytest.fixture(scope="module")
def found(finished_run: Path) -> Arrays:
    """Returns the arrays of explanations.npz, which training has written."""
    with np.load(finished_run / "explanations.npz", allow_pickle=False) as file:
        return dict(file)


@pytest.fixture(scope="module")
def mistakes(finished_run: Path, found: Arrays) -> pd.DataFrame:
    """Returns the rows of predictions.csv that are its mistakes."""
    table = pd.read_csv(finished_run / "predictions.csv", dtype={"id": str, "label": str, "predicted": str})
    table = table[table["part"] == "test"]
    assert found["test_ids"].tolist() == table["id"].tolist()
    return table.set_index("id", drop=False).loc[found["mistake_ids"]]


def test_file_holds_what_the_page_reads(found: Arrays, mistakes: pd.DataFrame) -> None:
    m = len(found["mistake_ids"])
    assert {name: (value.shape, value.dtype.kind) for name, value in found.items() if name != "sprite"} == {
        "test_ids": ((540,), "U"), "map": ((540, 2), "f"), "tile": ((), "i"), "columns": ((), "i"),
        "mistake_ids": ((m,), "U"), "mistake_images": ((m, 12, 12, 3), "u"),
        "heat_predicted": ((m, 12, 12), "f"), "heat_true": ((m, 12, 12), "f"),
        "neighbour_ids": ((m, 3), "U"), "neighbour_labels": ((m, 3), "U"), "neighbour_similarity": ((m, 3), "f"),
        "neighbour_images": ((m, 3, 12, 12, 3), "u"),
    }  # fmt: skip
    assert (mistakes["label"] != mistakes["predicted"]).all()
    assert 10 < m <= 60
    for name in ("heat_predicted", "heat_true"):
        largest = found[name].max(axis=(1, 2))
        assert found[name].dtype == np.float16
        assert set(largest.tolist()) <= {0.0, 1.0}
        assert largest.mean() > 0.5
        assert found[name].min() >= 0
    assert not np.array_equal(found["heat_predicted"], found["heat_true"])


def test_pictures_and_thumbnails_are_of_the_images_that_the_ids_name(found: Arrays, examined: Examined) -> None:
    records, view = examined.data.records, examined.view
    pictures = {
        identity: picture
        for part in ("train", "test")
        for identity, picture in zip(
            examined.data.rows(part)["id"],
            np.concatenate(list(evaluation_batches(records, examined.data.ids(part), view, batch_size=64))),
            strict=True,
        )
    }

    def seen(pixels: np.ndarray) -> np.ndarray:
        return (pixels - np.array((123.675, 116.28, 103.53))) / np.array((58.395, 57.12, 57.375))

    for name, images in (("mistake_ids", "mistake_images"), ("neighbour_ids", "neighbour_images")):
        flat = found[images].reshape(-1, 12, 12, 3)
        for identity, picture in zip(found[name].flat, flat, strict=True):
            np.testing.assert_allclose(seen(picture), pictures[identity], atol=0.01)
    side, columns = int(found["tile"]), int(found["columns"])
    sheet = tf.io.decode_jpeg(found["sprite"].tobytes()).numpy()
    assert side == 16
    for identity in found["mistake_ids"]:
        row, column = divmod(found["test_ids"].tolist().index(identity), columns)
        tile = sheet[row * side : (row + 1) * side, column * side : (column + 1) * side]
        small = tf.image.resize(tile, (12, 12), antialias=True).numpy()
        assert np.abs(seen(small) - pictures[identity]).mean() < 0.15


def test_neighbours_are_the_nearest_of_the_bank_by_cosine(
    finished_run: Path, found: Arrays, examined: Examined
) -> None:
    names, train = examined.data.records.class_names, examined.data.rows("train")
    # The digits' classes have fewer than 200 training images each: the bank is all of them.
    batches = evaluation_batches(examined.data.records, train["id"], examined.view, batch_size=200)
    model = with_features(examined.classifier)
    bank = np.concatenate([model(batch)["features"] for batch in batches])
    bank /= np.linalg.norm(bank, axis=1, keepdims=True)
    with np.load(finished_run / "embeddings.npz") as file:
        features = dict(zip(file["id"].tolist(), file["features"], strict=True))
    for row, identity in enumerate(found["mistake_ids"].tolist()):
        query = features[identity] / np.linalg.norm(features[identity])
        cosines = bank @ query
        np.testing.assert_allclose(found["neighbour_similarity"][row], np.sort(cosines)[::-1][:3], atol=1e-5)
        own = train.set_index("id").loc[found["neighbour_ids"][row]]
        assert [names[label] for label in own["label"]] == found["neighbour_labels"][row].tolist()


def test_relative_of_a_mistake_is_in_the_bank_however_few_are_drawn(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explanations, "BANK_PER_CLASS", 2)
    data, ids = examined.data, pd.Series(examined.data.ids("test")[:9])
    drawn = explanations._bank(data, ids, ("train",))
    assert drawn["label"].value_counts().to_dict() == dict.fromkeys(range(10), 2)
    left_out = data.rows("train")["id"][~data.rows("train")["id"].isin(drawn["id"])].iloc[:30]
    index = data.records.index
    groups = index["group"].where(~index["id"].isin(left_out), index.set_index("id")["group"][ids[3]])
    related = replace(data, records=replace(data.records, index=index.assign(group=groups)))
    bank = explanations._bank(related, ids, ("train",))
    assert len(bank) == 20 + explanations.GROUP_AT_MOST
    assert bank.index.is_monotonic_increasing
    assert set(drawn["id"]) <= set(bank["id"]) <= {*drawn["id"], *left_out}


def test_without_mistakes_the_arrays_are_empty(found: Arrays, examined: Examined, mistakes: pd.DataFrame) -> None:
    none, dimensions = mistakes.iloc[:0], examined.classifier.layers[1].output_shape[-1]
    told: dict[str, int] = {}
    neighbours = explanations.neighbours(
        examined,
        none["id"],
        np.zeros((0, dimensions), np.float32),
        lambda stage, total: lambda done: told.update({stage: total - done}),
    )
    assert told == {"neighbours": 0}
    arrays = {"mistake_ids": none["id"].to_numpy(str)} | neighbours | explanations.heat(examined, none, 12)
    arrays |= explanations.pictures(examined.data, arrays["mistake_ids"], arrays["neighbour_ids"], 12)
    assert {name: value.shape for name, value in arrays.items()} == {
        name: (0, *value.shape[1:]) for name, value in found.items() if name in arrays
    }
    assert {name: value.dtype.kind for name, value in arrays.items()} == {
        name: value.dtype.kind for name, value in found.items() if name in arrays
    }


def test_heat_is_of_the_image_and_the_class_that_it_is_called_after(
    found: Arrays, examined: Examined, mistakes: pd.DataFrame
) -> None:
    names, signs = examined.data.records.class_names, grad_cam(examined.classifier)
    for row in (0, len(mistakes) // 2, len(mistakes) - 1):
        mistake = mistakes.iloc[row]
        (image,) = evaluation_batches(examined.data.records, [mistake["id"]], examined.view, batch_size=1)
        for name, column in (("heat_predicted", "predicted"), ("heat_true", "label")):
            heat = over_pixels(signs(image, np.array([names.index(mistake[column])])), (12, 12), 12)
            np.testing.assert_allclose(found[name][row], heat[0], atol=2e-3)


def test_images_shown_one_by_one_in_another_order_have_the_same_heat(
    found: Arrays, examined: Examined, mistakes: pd.DataFrame
) -> None:
    # The digits are square: with `short_side` each is a batch, and looks as before.
    alone = replace(examined, view=TestView(12, "short_side"))
    rows = [7, 2, 9]
    again = explanations.heat(alone, mistakes.iloc[rows], 12)
    for name in ("heat_predicted", "heat_true"):
        np.testing.assert_allclose(again[name], found[name][rows], atol=0.05)


def test_features_that_are_not_finite_leave_the_earlier_file(
    finished_run: Path, examined: Examined, tmp_path: Path
) -> None:
    folder = copy_of(finished_run, tmp_path)
    with np.load(folder / "embeddings.npz") as file:
        kept = dict(file)
    (folder / "explanations.npz").write_bytes(b"earlier")
    np.savez(folder / "embeddings.npz", **(kept | {"features": kept["features"] * np.nan}))
    with pytest.raises(ValueError, match="not finite"):
        explain(examined, folder)
    assert (folder / "explanations.npz").read_bytes() == b"earlier"
