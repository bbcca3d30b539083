"""A job on a node of a cluster: what its process finds there. The cluster itself is in `test_cluster_runs`."""

import signal
from pathlib import Path

import pytest

from conbal_tf.tables.process import Job
from conbal_tf.tables.tasks import work_there

MODULE = """
import os, signal
print(os.getcwd(), os.environ["TF_NUM_INTRAOP_THREADS"], signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""


def test_job_has_the_folder_of_the_command_its_own_cores_alone_and_hears_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "found_here.py").write_text(MODULE)
    # What it changes of this process is given back.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "64")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        failure = work_there(Job("it", "found_here", (), tmp_path / "it.log"), home, cpus=3)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    assert failure is None
    assert (tmp_path / "it.log").read_text().splitlines()[1:] == [f"{home} 3 False"]
