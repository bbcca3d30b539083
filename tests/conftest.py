"""What all tests share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Before TensorFlow is imported anywhere: its information lines bury a failing test's output.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# A first call that traces a TensorFlow graph takes longer than any deadline worth setting.
settings.register_profile("conbal_tf", deadline=None)
settings.load_profile("conbal_tf")

_FOLDERS = {"aptos": "aptos2019", "isic2018": "isic2018"}


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
