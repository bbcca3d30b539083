"""What all tests share."""

import fcntl
import gc
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from conbal_tf.data.split import SplitRecords
    from conbal_tf.settings.schema import Settings

# Before TensorFlow is imported anywhere: its information lines bury a failing test's output.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if "PYTEST_XDIST_WORKER" in os.environ:
    # The processes that share the tests use the cores; threads of each one's own would be in their way.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

# A first call that traces a TensorFlow graph takes longer than any deadline worth setting.
settings.register_profile("conbal_tf", deadline=None)
settings.load_profile("conbal_tf")


MadeOnce: TypeAlias = Callable[[str, Callable[[Path], object]], Path]
SLOWEST = 3600
"""Seconds that a slow test may take; those of the others are in pyproject.toml."""
_FOLDERS = {"aptos": "aptos2019", "isic2018": "isic2018"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Gives what is marked as slow the time for it, unless it says its own."""
    if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
        item.add_marker(pytest.mark.timeout(SLOWEST))


def pytest_collection_finish() -> None:
    """Takes all that the tests have imported out of garbage collection, which looked through it again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def real_images() -> Callable[[str], Path]:
    """Returns a function from a data set to the folder of its real images; it skips the test where there is none."""

    def folder(dataset: str) -> Path:
        root = os.environ.get("CONBAL_TF_DATA")
        if not root:
            pytest.skip(f"needs real images: set CONBAL_TF_DATA to the folder that holds {_FOLDERS[dataset]}/")
        path = Path(root) / _FOLDERS[dataset]
        if not path.is_dir():
            pytest.skip(f"needs real images: CONBAL_TF_DATA is {root!r}, without a folder {_FOLDERS[dataset]}/")
        return path

    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Returns a function that makes a folder once, for all processes that share the tests.

    It is a function of (name, what fills the new folder); who comes second waits for who came first.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made, done = shared / name, shared / f"{name}.done"
            if not done.exists():
                shutil.rmtree(made, ignore_errors=True)  # what a failure left
                made.mkdir()
                fill(made)
                done.touch()
        return made

    return folder


@pytest.fixture(scope="session")
def digits_records(made_once: MadeOnce) -> Path:
    """Returns the folder of all records, with the digits at 16 pixels in it."""
    from tfrecords_tools.build import build_records, ensure_protocol

    return made_once(
        "records", lambda records: ensure_protocol(build_records("digits", None, records, 16), "grouped", 0)
    )


@pytest.fixture(scope="session")
def digits(digits_records: Path) -> "SplitRecords":
    """Returns the digits under the default protocol."""
    from conbal_tf.data.split import open_split

    folder = digits_records / "digits"
    return open_split(folder / "px16" / "3.0.0", folder / "protocols" / "grouped_seed0.csv")


@pytest.fixture(scope="session")
def short_settings(digits_records: Path) -> "Settings":
    """Returns settings of a run of seconds: a tiny network, few updates of both stages."""
    from conbal_tf.settings.schema import Classifier, Contrastive, Data, Network, Settings, Training

    return Settings(
        records=digits_records,
        # Of smaller crops so small a network learns nothing in so few updates.
        data=Data(image_size=12, test_size=12, smallest_crop=0.8),
        network=Network(width=4),
        training=Training(batch_size=40, length="3 epochs", warmup="10 updates"),
        # With the default temperature so small a network collapses in so few updates.
        contrastive=Contrastive(temperature=0.2, hidden_size=16, embedding_size=8),
        classifier=Classifier(cached_views=2, batch_size=128, length="12 updates"),
    )


@pytest.fixture(scope="session")
def finished_run(short_settings: "Settings", digits_records: Path, made_once: MadeOnce) -> Path:
    """Returns the folder of a finished contrastive run, to be read only; its records lie beside it, in records/."""
    from conbal_tf.train import train

    def fill(home: Path) -> None:
        (home / "records").symlink_to(digits_records)
        train(replace(short_settings, run=home / "run"))

    return made_once("finished", fill) / "run"
