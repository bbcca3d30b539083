"""Small downloads of generated images."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

APTOS_ROWS = [(f"eye{number:02d}", number % 5) for number in range(20)]


def write_image(path: Path, seed: int, size: tuple[int, int] = (24, 16)) -> None:
    """Writes an image of (width, height) in one colour with a gradient, so that no two are equal."""
    width, height = size
    pixels = np.linspace(0, 80, width)[None, :, None] + np.random.default_rng(seed).uniform(0, 170, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.broadcast_to(pixels, (height, width, 3)).astype(np.uint8)).save(path)


@pytest.fixture
def aptos_folder(tmp_path: Path) -> Path:
    """APTOS as it is downloaded: 4 PNGs of each of the 5 grades, 24x16 pixels."""
    folder = tmp_path / "aptos"
    for seed, (name, _) in enumerate(APTOS_ROWS):
        write_image(folder / "train_images" / f"{name}.png", seed)
    rows = "".join(f"{name},{grade}\n" for name, grade in APTOS_ROWS)
    (folder / "train.csv").write_text("id_code,diagnosis\n" + rows)
    return folder


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Returns the folder of real images of that name; the test is skipped where there are none."""

    def folder(name: str) -> Path:
        root = os.environ.get("CONBAL_TF_DATA")
        if not root:
            pytest.skip("CONBAL_TF_DATA does not name a folder of real images")
        return Path(root) / name

    return folder


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Folder of records, not there yet."""
    return tmp_path / "records"
