"""Tables on a Ray cluster: what becomes of runs whose machine or command ends, or that fail."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conbal_tf.tables import address as module
from conbal_tf.tables.cluster import on_cluster
from tests.table_of_digits import stub_flags
from tests.tables import ray_cluster
from tests.tables.planned import NAMES

# Where there is none, nothing here can be run.
ray = pytest.importorskip("ray", reason="needs Ray: pip install -r requirements-dev.txt")

ROOT = Path(__file__).resolve().parents[2]
# A job in the background of a script, as these tests may be, ignores Ctrl-C.
COMMAND = (
    "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from conbal_tf.reproduce import main\nfrom tests.tables.planned import TABLE\n"
    "main(sys.argv[1:], {'digits': TABLE}, 'tests.tables.stub_trainer')"
)


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


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Returns the folder in which Ray looks for the cluster of this machine: no other test's, and none of a user."""
    monkeypatch.delenv(module.NAMED_BY, raising=False)
    # Ray puts sockets there, whose names must be short.
    with tempfile.TemporaryDirectory(prefix="ray_", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("RAY_TMPDIR", folder)
        yield Path(folder, "ray")


@contextlib.contextmanager
def two_nodes() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Gives the process of a cluster, and its address."""
    command = [sys.executable, "-m", ray_cluster.NAME]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def kill(cluster: subprocess.Popen[str], which: str) -> None:
    """Kills the `second` node, or `all` of a cluster."""
    assert cluster.stdin is not None and cluster.stdout is not None
    cluster.stdin.write(f"{which}\n")
    cluster.stdin.flush()
    assert cluster.stdout.readline() == "killed\n"


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags, gate = stub_flags(tmp_path, monkeypatch), tmp_path / "gate"
    monkeypatch.setenv("STUB_GATE", str(gate))
    with two_nodes() as (cluster, address):
        with monkeypatch.context() as other:
            other.setattr(module, "_TRIAL", f"import ray\nray.__version__ = '1.0'\n{module._TRIAL}")
            told = r"No Ray cluster at .*: Version mismatch.* Allowed are HOST:PORT"
            with pytest.raises(ValueError, match=told), on_cluster(address, 0, 0, ()):
                pytest.fail("it was joined")
        command = reproduce(*flags, "--cluster", address)
        wait_for(lambda: len(noted(tmp_path, "begin")) == 2)
        kill(cluster, "second")
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
def test_auto_joins_the_cluster_of_this_machine_and_is_refused_when_that_has_died(
    apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with two_nodes() as (cluster, address):
        with on_cluster("auto", 0, 0, ()):
            assert ray.get_runtime_context().gcs_address == address
        kill(cluster, "all")
        assert (apart / "ray_current_cluster").read_text() == address
        monkeypatch.setattr(module, "ANSWERS_WITHIN", 5.0)
        told = rf"No Ray cluster at {address}, which {apart}/ray_current_cluster .*: nothing answered within 5 s\. .*"
        told += rf"ray stop, or remove {apart}.*--cluster local"
        with pytest.raises(ValueError, match=told), on_cluster("auto", 0, 0, ()):
            pytest.fail("it was joined")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_ends_the_tasks_and_the_same_command_goes_on(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = stub_flags(tmp_path, monkeypatch)
    monkeypatch.setenv("STUB_DIES", "focal")
    command = reproduce(*flags, "--cluster", "local")
    out, err = command.communicate(timeout=120)
    assert (command.returncode, err) == (1, f"Failed: {NAMES[1]}. The same command tries again.\n")
    assert "0/1, failed: It was killed by signal 9" in out
    assert [name for name, *_ in noted(tmp_path, "begin")] == NAMES
