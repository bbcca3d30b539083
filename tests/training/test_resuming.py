"""What is taken up from a folder of checkpoints: weights and place of one epoch, or nothing."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conbal_tf.training.contrastive import ContrastiveModel
from conbal_tf.training.model_state import state_of
from conbal_tf.training.resuming import take_up
from tests.training.made_stages import made_stage
from tests.training.made_trainings import STAGE, made_model


@pytest.fixture(scope="module")
def model() -> ContrastiveModel:
    """Returns a model to be set."""
    return made_model()


@settings(max_examples=60)
@given(data=st.data())
def test_weights_and_place_are_of_one_epoch_wherever_files_are_damaged(
    data: st.DataObject, interrupted: Path, model: ContrastiveModel
) -> None:
    contents = {file.name: file.read_bytes() for file in (interrupted / "checkpoints").glob("*.npz")}
    folder = interrupted / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    whole = set()
    for name, content in contents.items():
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["whole", "cut", "flipped"]))
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        (folder / name).write_bytes({"whole": content, "cut": content[:place], "flipped": flipped}[kind])
        whole |= {int(name.removesuffix(".npz").rpartition("_")[2])} if kind == "whole" else set()
    if not whole:
        with pytest.raises(ValueError, match="No checkpoint of stage contrastive is left"):
            take_up(model, STAGE, folder)
        return
    found = take_up(model, STAGE, folder)
    assert found is not None
    assert found.batches == max(whole) == int(model.optimizer.iterations)
    assert len(found.memories["EpochRows"]["values"]["rows"]) == found.epoch == found.batches // 4
    # The momentum of the first layer is another after each epoch: it tells which one the numbers are of.
    original = np.load(interrupted / "checkpoints" / f"contrastive_batch_{found.batches}.npz")
    for name, values in state_of(model).items():
        np.testing.assert_array_equal(values, original[name])


def test_checkpoints_of_another_network_or_length_are_refused(interrupted: Path) -> None:
    with pytest.raises(ValueError, match=r"another network: model/0000_kernel is float32 \(3, 3, 3, 8\) there"):
        take_up(made_model(width=4), STAGE, interrupted / "checkpoints")
    stage = made_stage(updates=12)
    with pytest.raises(ValueError, match=r"another training: .*'updates': 11.*'updates': 12"):
        take_up(made_model(), stage, interrupted / "checkpoints")
