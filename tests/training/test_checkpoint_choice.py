"""Which checkpoint is gone on from: the newest that can be read and fits, or the one before, or an error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conbal_tf.training import checkpoint as module
from conbal_tf.training.checkpoint import Checkpoint, encode, newest, write
from tests.training.made_checkpoints import epoch_of, found, made

CONTENT = bytes(encode(made(2)))


def of_another_version(file: Path) -> None:
    """Writes the file as a version with another format would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FORMAT", 2)
        file.write_bytes(encode(made(2)))


def a_folder(file: Path) -> None:
    """Puts a folder in the place of the file."""
    file.unlink()
    file.mkdir()


def a_link_to_nowhere(file: Path) -> None:
    """Puts a link in the place of the file."""
    file.unlink()
    file.symlink_to("nowhere")


DAMAGES: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "cut off": (lambda file: file.write_bytes(CONTENT[:-100]), 1, "cut off or damaged: its"),
    "empty": (lambda file: file.write_bytes(b""), 1, "it is empty"),
    "zeros, as after a loss of power": (lambda file: file.write_bytes(bytes(len(CONTENT))), 1, "cut off or damaged"),
    "text": (lambda file: file.write_text("not an archive"), 1, "cut off or damaged"),
    "a folder": (a_folder, 1, "Is a directory"),
    "a link to nowhere": (a_link_to_nowhere, 1, "No such file"),
    "another version's": (of_another_version, 1, "has format 2, of another version of conbal_tf; this one reads 1"),
    "missing": (lambda file: file.unlink(), 1, ""),
    "one epoch back": (lambda file: file.write_bytes(encode(made(1))), 1, ""),
    "whole": (lambda file: None, 2, ""),
}


@pytest.mark.parametrize(("damage", "epoch", "said"), DAMAGES.values(), ids=DAMAGES)
def test_newest_checkpoint_that_can_be_read_is_taken_and_what_cannot_is_named(
    damage: Callable, epoch: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(made(1), tmp_path)
    damage(write(made(2), tmp_path))
    assert found(tmp_path) == epoch
    told = capsys.readouterr().err
    assert (said in told) if said else not told
    if said:
        assert f"{tmp_path / 'contrastive_batch_8.npz'} cannot be gone on from" in told
        assert "The one before is taken, contrastive_batch_4.npz" in told


@pytest.mark.parametrize(
    ("damage", "said"), [(damage, said) for damage, _, said in DAMAGES.values() if said], ids=lambda it: str(it)[:9]
)
def test_where_none_can_be_read_one_error_names_all_and_says_what_to_do(
    damage: Callable, said: str, tmp_path: Path
) -> None:
    for epoch in (1, 2):
        damage(write(made(epoch), tmp_path))
    with pytest.raises(ValueError, match="No checkpoint of stage contrastive is left") as raised:
        found(tmp_path)
    message = str(raised.value)
    assert "contrastive_batch_4.npz" in message
    assert "contrastive_batch_8.npz" in message
    assert message.count(said) == 2
    assert "remove them, and the same command begins the stage anew" in message


def test_checkpoint_of_another_training_gives_way_to_the_one_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for epoch in (1, 2):
        write(made(epoch), tmp_path)

    def check(checkpoint: Checkpoint) -> None:
        if checkpoint.epoch == 2:
            raise ValueError("it is of another network")

    taken = newest(tmp_path, "contrastive", check)
    assert taken is not None
    assert epoch_of(taken) == 1
    assert "it is of another network. The one before is taken" in capsys.readouterr().err
