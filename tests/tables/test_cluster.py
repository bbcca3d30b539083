"""Tables on a Ray cluster: what is refused, and what becomes of runs whose machine or command ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conbal_tf.tables import cluster as module
from conbal_tf.tables.cluster import on_cluster
from conbal_tf.tables.nodes import Node, Share, share_of
from conbal_tf.tables.tasks import missing
from tests.table_of_digits import stub_flags
from tests.tables import ray_cluster
from tests.tables.planned import NAMES

ROOT = Path(__file__).resolve().parents[2]
NODES = [Node("a", "head", "10.0.0.1", cpus=4, gpus=0), Node("b", "gpus", "10.0.0.2", cpus=16, gpus=4)]
# A job in the background of a script, as these tests may be, ignores Ctrl-C.
COMMAND = (
    "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from conbal_tf.reproduce import main\nfrom tests.tables.planned import TABLE\n"
    "main(sys.argv[1:], {'digits': TABLE}, 'tests.tables.stub_trainer')"
)


@pytest.fixture
def with_ray() -> None:
    """Skips the test where there is no Ray."""
    pytest.importorskip("ray", reason="needs Ray: pip install -r requirements-dev.txt")


def join(address: str) -> None:
    with on_cluster(address, 0, 0, ()):
        pytest.fail("there is no such cluster")


def test_missing_ray_is_told_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ValueError, match=r"--cluster auto needs Ray, .* pip install 'conbal_tf\[cluster\]'.* leave out"
    ):
        join("auto")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ray://10.0.0.1:10001", r"Ray Client \(ray://\) is not used: give this command on a node of the cluster"),
        ("nonsense", "Invalid address format: nonsense"),
        ("127.0.0.1:{}", "nothing answered within 2 s"),
    ],
)
def test_address_of_no_cluster_is_refused_soon(
    address: str, why: str, with_ray: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWERS_WITHIN", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = address.format(deaf.getsockname()[1])
        # What is no address at all is known at once, however slow the import is.
        monkeypatch.setattr(module, "ANSWERS_WITHIN", 60.0 if address == "nonsense" else 2.0)
        with pytest.raises(ValueError, match=rf"No Ray cluster at --cluster {address}: {why}\. Allowed are HOST:PORT"):
            join(address)


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


def reproduce(*flags: str) -> subprocess.Popen[str]:
    """Returns the command, begun."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *flags],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@contextlib.contextmanager
def two_nodes() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Gives the process of a cluster, and its address."""
    command = [sys.executable, "-m", ray_cluster.NAME]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def noted(tmp_path: Path, event: str) -> list[list[str]]:
    """Returns what the stub noted of an event: the run, its process, and whether it began anew."""
    calls = tmp_path / "calls.txt"
    lines = [line.split() for line in calls.read_text().splitlines()] if calls.exists() else []
    return [line[1:] for line in lines if line[0] == event]


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_alive(process: str) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(process), 0)
        return True
    return False


@pytest.mark.slow
def test_table_is_complete_though_a_node_dies_and_no_run_is_trained_twice(
    with_ray: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags, gate = stub_flags(tmp_path, monkeypatch), tmp_path / "gate"
    monkeypatch.setenv("STUB_GATE", str(gate))
    with two_nodes() as (cluster, address):
        assert cluster.stdin is not None and cluster.stdout is not None
        with monkeypatch.context() as other:
            other.setattr(module, "_TRIAL", f"import ray\nray.__version__ = '1.0'\n{module._TRIAL}")
            with pytest.raises(ValueError, match=r"No Ray cluster at .*: Version mismatch.* Allowed are HOST:PORT"):
                join(address)
        command = reproduce(*flags, "--cluster", address)
        wait_for(lambda: len(noted(tmp_path, "begin")) == 2)
        cluster.stdin.write("kill the second\n")
        cluster.stdin.flush()
        assert cluster.stdout.readline() == "killed\n"
        wait_for(lambda: not all(is_alive(process) for _, process, _ in noted(tmp_path, "begin")))
        gate.touch()
        out, err = command.communicate(timeout=120)
    assert (command.returncode, err) == (0, "")
    begun = noted(tmp_path, "begin")
    ((lost, times),) = [item for item in Counter(name for name, *_ in begun).items() if item[1] > 1]
    assert times == 2
    assert [start for name, _, start in begun if name == lost] == ["anew", "from_checkpoint"]
    assert sorted(name for name, *_ in noted(tmp_path, "end")) == sorted(NAMES)
    assert f"{lost} begins again." in out
    assert out.count("| 1/1 |") == 3
    assert "raylet" not in out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_ends_the_tasks_and_the_same_command_goes_on(
    number: signal.Signals, with_ray: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = [*stub_flags(tmp_path, monkeypatch), "--cluster", "auto", "--cpus", "1"]
    monkeypatch.setenv("STUB_GATE", str(tmp_path / "gate"))
    command = reproduce(*flags)
    wait_for(lambda: noted(tmp_path, "begin"))
    command.send_signal(number)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (130, "\nInterrupted. The same command goes on where it stopped.\n")
    begun = noted(tmp_path, "begin")
    assert not any(is_alive(process) for _, process, _ in begun)
    assert "failed" not in out
    (tmp_path / "gate").touch()
    command = reproduce(*flags)
    out, err = command.communicate(timeout=120)
    assert (command.returncode, err) == (0, "")
    assert sorted(name for name, *_ in noted(tmp_path, "end")) == sorted(NAMES)
    assert {start for name, _, start in noted(tmp_path, "begin")[len(begun) :] if name == begun[0][0]} == {
        "from_checkpoint"
    }


@pytest.mark.slow
def test_failed_run_on_a_cluster_is_told_in_its_cell_and_never_begun_again(
    with_ray: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = stub_flags(tmp_path, monkeypatch)
    monkeypatch.setenv("STUB_DIES", "focal")
    command = reproduce(*flags, "--cluster", "auto")
    out, err = command.communicate(timeout=120)
    assert (command.returncode, err) == (1, f"Failed: {NAMES[1]}. The same command tries again.\n")
    assert "0/1, failed: It was killed by signal 9" in out
    assert [name for name, *_ in noted(tmp_path, "begin")] == NAMES
