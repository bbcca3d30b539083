"""What all tests share."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from conbal_tf.data.split import SplitRecords
    from conbal_tf.settings.schema import Settings

# Before TensorFlow is imported anywhere: its information lines bury a failing test's output.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# A first call that traces a TensorFlow graph takes longer than any deadline worth setting.
settings.register_profile("conbal_tf", deadline=None)
settings.load_profile("conbal_tf")

_FOLDERS = {"aptos": "aptos2019", "isic2018": "isic2018"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps together, where several processes share the tests, those of a file and those of the one finished run."""
    for item in items:
        finished = "finished_run" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("finished_run" if finished else item.path.as_posix()))


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
def digits_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of all records, with the digits at 16 pixels in it, made once."""
    from tfrecords_tools.build import build_records, ensure_protocol

    records = tmp_path_factory.mktemp("records")
    ensure_protocol(build_records("digits", None, records, 16), "grouped", 0)
    return records


@pytest.fixture(scope="session")
def digits(digits_records: Path) -> "SplitRecords":
    """Returns the digits under the default protocol."""
    from conbal_tf.data.split import open_split

    folder = digits_records / "digits"
    return open_split(folder / "px16" / "2.0.0", folder / "protocols" / "grouped_seed0.csv")


@pytest.fixture(scope="session")
def short_settings(digits_records: Path) -> "Settings":
    """Returns settings of a run of seconds: a tiny network, few updates of both stages."""
    from conbal_tf.settings.schema import Classifier, Contrastive, Data, Network, Settings, Training

    return Settings(
        records=digits_records,
        data=Data(image_size=12, test_size=12),
        network=Network(width=4),
        training=Training(batch_size=40, length="3 epochs", warmup="10 updates"),
        # With the default temperature so small a network collapses in so few updates.
        contrastive=Contrastive(temperature=0.2, hidden_size=16, embedding_size=8),
        classifier=Classifier(cached_views=2, batch_size=128, length="12 updates"),
    )


@pytest.fixture(scope="session")
def finished_run(short_settings: "Settings", digits_records: Path) -> Path:
    """Returns the folder of a finished contrastive run; its records lie beside it, in records/."""
    from conbal_tf.train import train

    home = digits_records.parent / "finished"
    home.mkdir()
    (home / "records").symlink_to(digits_records)
    return train(replace(short_settings, run=home / "run"))
