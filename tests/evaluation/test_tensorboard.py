"""What TensorBoard's own code reads of a run: curves, pictures, embeddings."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from google.protobuf import text_format
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
from tensorboard.plugins.projector.projector_plugin import _read_tensor_tsv_file
from tensorboard.util.tensor_util import make_ndarray

from conbal_tf.evaluation import tensorboard
from conbal_tf.evaluation.tensorboard import write_pictures, write_projector
from tests.scores.made_predictions import write_predictions


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Returns a run folder with answers to five images, whose names and classes try to break a table."""
    rows = pd.DataFrame(
        {
            "id": ["a", "b\tc", "d", '"e"', "NA"],
            "part": ["validation", "validation", "test", "test", "test"],
            "group": list("vwxyz"),
            "label": ["NA", "x y", "x y", "NA", "NA"],
            "predicted": ["NA", "NA", "x y", "x y", "NA"],
        }
    )
    for name in ("NA", "x y"):
        rows[f"p_{name}"] = np.where(rows["predicted"] == name, 0.75, 0.25)
    write_predictions(tmp_path, rows)
    features = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.savez_compressed(tmp_path / "embeddings.npz", id=rows["id"].to_numpy(str), features=features)
    return tmp_path


def events(folder: Path) -> EventAccumulator:
    return EventAccumulator(str(folder)).Reload()


def test_projector_reads_features_and_what_is_known_of_them(run: Path) -> None:
    folder = write_projector(run)
    assert folder == run / "logs" / "projector"
    config = text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (embedding,) = config.embeddings
    tensors = _read_tensor_tsv_file(str(folder / embedding.tensor_path))
    with np.load(run / "embeddings.npz") as stored:
        np.testing.assert_allclose(tensors, stored["features"], rtol=1e-5)
    lines = (folder / embedding.metadata_path).read_text().splitlines()
    assert [line.split("\t") for line in lines] == [
        ["id", "part", "label", "predicted", "correct"],
        ["a", "validation", "NA", "NA", "yes"],
        ["b c", "validation", "x y", "NA", "no"],
        ["d", "test", "x y", "x y", "yes"],
        ['"e"', "test", "NA", "x y", "no"],
        ["NA", "test", "NA", "NA", "yes"],
    ]
    assert events(folder).Tags()["tensors"]  # without events, TensorBoard does not see the folder


def test_projector_written_again_replaces_what_was_there(run: Path) -> None:
    write_projector(run)
    files = {path.name for path in write_projector(run).iterdir() if "tfevents" not in path.name}
    assert files == {"tensors.tsv", "metadata.tsv", "projector_config.pbtxt"}
    assert len(list((run / "logs" / "projector").glob("*tfevents*"))) == 1


def test_projector_shows_evenly_drawn_images_of_a_large_run(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "MOST_POINTS", 3)
    folder = write_projector(run)
    assert len((folder / "tensors.tsv").read_text().splitlines()) == 3
    ids = [line.split("\t")[0] for line in (folder / "metadata.tsv").read_text().splitlines()]
    assert ids == ["id", "a", "d", "NA"]


@pytest.mark.parametrize("name", ["embeddings.npz", "predictions.csv"])
def test_projector_of_an_unfinished_run_is_refused(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"No {name} in .*finish it with: python -m conbal_tf.train"):
        write_projector(run)


def test_projector_of_files_of_two_runs_is_refused(run: Path) -> None:
    write_predictions(run, pd.read_csv(run / "predictions.csv", keep_default_na=False)[:4])
    with pytest.raises(ValueError, match=r"do not belong together: received 4 images in predictions.csv and 5 in"):
        write_projector(run)


def test_pictures_are_shown_by_their_names(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "curves.png")
    write_pictures(tmp_path, [tmp_path / "curves.png"])
    write_pictures(tmp_path, [tmp_path / "curves.png"])
    (shown,) = events(tmp_path / "logs" / "pictures").Tensors("curves")
    width, height, png = shown.tensor_proto.string_val
    assert (width, height) == (b"30", b"20")
    assert png.startswith(b"\x89PNG")


def test_curves_of_a_run_have_the_numbers_of_its_history(finished_run: Path) -> None:
    history = pd.read_csv(finished_run / "history.csv").query("stage == 'contrastive'")
    for part, name, column in (
        ("train", "epoch_effective_rank", "effective_rank"),
        ("train", "epoch_loss_above_collapse", "loss_above_collapse"),
        ("validation", "epoch_balanced_accuracy", "val_balanced_accuracy"),
    ):
        shown = events(finished_run / "logs" / "contrastive" / part).Tensors(name)
        values = [float(make_ndarray(point.tensor_proto)) for point in shown]
        assert values == pytest.approx(history[column].tolist(), rel=1e-6)
