"""Writes numbers.json: how torchvision draws the parts of images that it shows, for our own draws to be tested against.

Runs in the environment of the requirements.txt beside it, and nowhere else: README.md has the commands. The packages
are imported inside the functions, so that test collection may import this file without them.
"""

import itertools
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS = Path(__file__).with_name("numbers.json")
SIZES = ((450, 600), (600, 450), (64, 64), (50, 200))
SMALLEST = (0.08, 0.6, 1.0)
DRAWS = 50_000


def main() -> None:
    """Draws for every size and smallest share, and writes the file, a line for each."""
    packages = ("torch", "torchvision", "numpy")
    cases = [summary(drawn(size, smallest), size, smallest) for size, smallest in itertools.product(SIZES, SMALLEST)]
    lines = ",\n  ".join(json.dumps(case, allow_nan=False) for case in cases)
    versions = json.dumps({package: version(package) for package in packages})
    NUMBERS.write_text(f'{{"versions": {versions},\n"crops": [\n  {lines}\n]}}\n', encoding="utf-8")


def drawn(size: tuple[int, int], smallest: float) -> np.ndarray:
    """Returns top, left, height and width of the parts that torchvision draws [(DRAWS, 4) int64]."""
    import torch
    from torchvision.transforms import RandomResizedCrop

    torch.manual_seed(0)
    image = torch.empty((3, *size))
    crop = RandomResizedCrop(1, scale=(smallest, 1.0))
    return np.array([crop.get_params(image, list(crop.scale), list(crop.ratio)) for _ in range(DRAWS)])


def summary(parts: np.ndarray, size: tuple[int, int], smallest: float) -> dict[str, Any]:
    """Returns what is compared: means, deciles, and how often each range of share, aspect and place comes.

    Args:
        parts: top, left, height and width [(n, 4) int].
        size: height and width of the image, in pixels.
        smallest: the least share of the area.
    """
    top, left, height, width = parts.T
    share, aspect = height * width / (size[0] * size[1]), width / height
    return {
        "size": size,
        "smallest": smallest,
        "draws": len(parts),
        "mean_share": rounded(share.mean()),
        "share_deciles": [rounded(decile) for decile in np.quantile(share, np.arange(1, 10) / 10)],
        "below_a_fifth": rounded((share < 0.2).mean()),
        "wider_than_high": rounded((width > height).mean()),
        "mean_aspect": rounded(aspect.mean()),
        "counts": {
            "share": counted(share, 20),
            "aspect": counted((np.log(aspect) / np.log(4 / 3) + 1) / 2, 10),
            "row": counted((top + height / 2) / size[0], 20),
            "column": counted((left + width / 2) / size[1], 20),
        },
    }


def counted(values: np.ndarray, bins: int) -> list[int]:
    """Returns how many values lie in each of so many equal ranges of 0 to 1.

    >>> counted(np.array([0.1, 0.2, 0.9, 1.0]), 2)
    [2, 2]
    """
    return np.histogram(np.clip(values, 0, 1), bins, (0, 1))[0].tolist()


def rounded(value: float) -> float:
    """Returns four digits behind the point, more than so many draws tell."""
    return round(float(value), 4)


if __name__ == "__main__":
    main()
