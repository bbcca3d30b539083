"""Checkpoints as files: what was written is read back to the last bit, and whatever was changed is found."""

import io
import signal
import string
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from conbal_tf.training.checkpoint import decode, encode, forget, write
from tests.training.made_checkpoints import found, made

ROOT = Path(__file__).parents[2]
NAMES = st.text(string.ascii_letters + string.digits + "_/ ,.äß", min_size=1, max_size=20).map("model/{}".format)
KINDS = st.sampled_from([np.float32, np.float16, np.int64, np.uint32, np.bool_])
ARRAYS = KINDS.flatmap(lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0, max_side=4)))
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.floats(0, 1))


@settings(max_examples=25)
@given(
    arrays=st.dictionaries(NAMES, ARRAYS, max_size=4),
    memories=st.dictionaries(st.text(), VALUES, max_size=3),
    epoch=st.integers(0, 10**9),
    is_done=st.booleans(),
)
def test_what_is_read_is_what_was_written_to_the_last_bit(
    arrays: dict, memories: dict, epoch: int, is_done: bool
) -> None:
    written = replace(made(epoch), arrays=arrays, memories=memories, is_done=is_done)
    read = decode(bytes(encode(written)))
    assert replace(read, arrays={}) == replace(written, arrays={})
    assert read.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (read.arrays[name].dtype, read.arrays[name].shape) == (array.dtype, array.shape)
        assert read.arrays[name].tobytes() == array.tobytes()


def test_numpy_opens_the_file() -> None:
    with np.load(io.BytesIO(encode(made(3))), allow_pickle=False) as arrays:
        assert arrays["model/0000_kernel"].tolist() == [[3.0] * 3] * 2


CONTENT = bytes(encode(made(2)))


@pytest.mark.parametrize("flips", [1, 128, 255])
def test_any_byte_that_changed_is_found(flips: int) -> None:
    for place in range(len(CONTENT)):
        changed = CONTENT[:place] + bytes([CONTENT[place] ^ flips]) + CONTENT[place + 1 :]
        with pytest.raises(ValueError, match="cut off or damaged"):
            decode(changed)


def test_any_end_that_is_missing_and_any_that_is_too_much_is_found() -> None:
    for length in range(1, len(CONTENT)):
        with pytest.raises(ValueError, match="cut off or damaged"):
            decode(CONTENT[:length])
    for more in (b"\0", b"x" * 100, CONTENT):
        with pytest.raises(ValueError, match="cut off or damaged"):
            decode(CONTENT + more)


def test_two_files_are_kept_and_those_that_a_training_went_back_behind_are_not(tmp_path: Path) -> None:
    for epoch in range(1, 12):  # 40 is more than 8, and comes before it in the alphabet
        write(made(epoch), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"contrastive_batch_40.npz", "contrastive_batch_44.npz"}
    (tmp_path / "contrastive_batch_44.npz").write_bytes(b"")
    (tmp_path / "contrastive_batch_400.npz").write_bytes(b"")
    write(made(11), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"contrastive_batch_40.npz", "contrastive_batch_44.npz"}
    assert found(tmp_path) == 11


def test_stages_whose_names_begin_alike_keep_apart(tmp_path: Path) -> None:
    write(made(1), tmp_path)
    write(replace(made(2), stage="ohem"), tmp_path)
    write(replace(made(3), stage="ohem_sampling"), tmp_path)
    assert [found(tmp_path, stage) for stage in ("contrastive", "ohem", "ohem_sampling", "ohe")] == [1, 2, 3, None]


def test_what_is_forgotten_is_gone_and_the_best_weights_stay(tmp_path: Path) -> None:
    write(made(1), tmp_path)
    for name in ("contrastive_best.weights.h5", "unfinished_contrastive_batch_8.npz"):
        (tmp_path / name).touch()
    forget(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["contrastive_best.weights.h5"]


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.unlink"])
def test_process_that_is_killed_while_it_writes_leaves_a_whole_checkpoint(call: str, tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys\nfrom conbal_tf.training.checkpoint import write\n"
        "from tests.training.made_checkpoints import made\n"
        "for epoch in (1, 2):\n    write(made(epoch), pathlib.Path(sys.argv[1]))\n"
        f"{call} = lambda *_, **options: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write(made(3), pathlib.Path(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert found(tmp_path) == (3 if "unlink" in call else 2)
    write(made(4), tmp_path)
    assert found(tmp_path) == 4
    assert len(list(tmp_path.glob("contrastive_batch_*.npz"))) == 2
