"""A Ray cluster as the engine of a table: what is refused, and what a run takes of it."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from conbal_tf.tables import cluster as module
from conbal_tf.tables.cluster import on_cluster
from conbal_tf.tables.nodes import Node, Share, share_of
from conbal_tf.tables.tasks import missing

NODES = [Node("a", "head", "10.0.0.1", cpus=4, gpus=0), Node("b", "gpus", "10.0.0.2", cpus=16, gpus=4)]


def test_missing_ray_is_told_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    told = r"--cluster auto needs Ray, .*pip install 'conbal_tf\[cluster\]'.* leave out"
    with pytest.raises(ValueError, match=told), on_cluster("auto", 0, 0, ()):
        pytest.fail("there is no Ray")


def test_node_that_sees_other_folders_is_refused_by_name_and_the_places_are_left_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []

    def unseen_by(nodes: list[Node], paths: list[Path]) -> Iterator[tuple[Node, str]]:
        looked.extend(paths)
        assert missing([*paths, tmp_path / "runs"]) == [tmp_path / "runs"]
        yield nodes[1], "it does not see them"

    monkeypatch.setattr(module, "unseen_by", unseen_by)
    told = (
        r"^gpus \(10\.0\.0\.2\), a node of the cluster, cannot train runs of .*: it does not see them\. All nodes need"
    )
    with pytest.raises(ValueError, match=told):
        module._refuse_blind(NODES, (tmp_path / "runs" / "digits", tmp_path))
    assert [path.parent for path in looked] == [Path.cwd().parent, tmp_path]
    assert list(tmp_path.iterdir()) == []


def test_folder_that_can_only_be_read_is_asked_for_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, temporary = list[Path](), module.tempfile.NamedTemporaryFile

    def elsewhere(prefix: str, dir: Path) -> object:
        if dir == tmp_path / "records":
            raise OSError(errno.EROFS, "Read-only file system")
        return temporary(prefix=prefix, dir=dir)

    def unseen_by(nodes: list[Node], paths: list[Path]) -> list[tuple[Node, str]]:
        looked.extend(paths)
        return []

    (tmp_path / "records").mkdir()
    monkeypatch.setattr(module.tempfile, "NamedTemporaryFile", elsewhere)
    monkeypatch.setattr(module, "unseen_by", unseen_by)
    module._refuse_blind(NODES, (tmp_path / "runs", tmp_path / "records"))
    here, of_runs, of_records = looked
    assert (here, of_runs.parent, of_records) == (Path.cwd(), tmp_path, tmp_path / "records")


def test_run_takes_as_many_gpus_as_it_has_replicas_and_its_part_of_the_cores() -> None:
    assert share_of(NODES, 0, 0) == Share(cpus=4, gpus=1)
    assert share_of(NODES, 0, 3) == Share(cpus=16, gpus=3)
    assert share_of(NODES, 2, 0) == Share(cpus=2, gpus=1)
    assert share_of(NODES[:1], 0, 2) == Share(cpus=4, gpus=0)
    # A head that trains nothing, and a machine with more GPUs than cores.
    assert share_of([Node("h", "h", "", 0, 0), Node("g", "g", "", 2, 8)], 0, 0) == Share(cpus=1, gpus=1)


@pytest.mark.parametrize(("cpus", "replicas", "needs"), [(0, 5, "1 cores .* 5 GPUs"), (17, 0, "17 cores .* 1 GPUs")])
def test_run_that_no_node_can_take_is_refused(cpus: int, replicas: int, needs: str) -> None:
    with pytest.raises(ValueError, match=rf"needs {needs} .*head: 4 cores, 0 GPUs; gpus: 16 cores, 4 GPUs.* Ask for"):
        share_of(NODES, cpus, replicas)
