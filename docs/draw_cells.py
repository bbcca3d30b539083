"""Draws a folder of cells to practise on: `python docs/draw_cells.py FOLDER`, with NumPy and Pillow alone.

Round ones are common, lobed ones rare, and some of each look much like another class. As in folders from life, a few
images lie there twice, one of them under two classes.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

COUNTS = {"lobed": 48, "oval": 120, "round": 320}
SIDE = 64  # pixels


def draw(kind: str, random: np.random.Generator) -> Image.Image:
    """Returns one stained cell of that kind, somewhere in its picture."""
    y, x = np.mgrid[:SIDE, :SIDE] - random.uniform(0.44, 0.56, (2, 1, 1)) * SIDE
    angle = np.arctan2(y, x) + random.uniform(0, 2 * np.pi)
    oval, lobes = {"lobed": (0.05, 0.22), "oval": (0.28, 0.02), "round": (0.05, 0.02)}[kind] + random.normal(0, 0.04, 2)
    size = random.uniform(15, 21)
    edge = size * (1 + oval * np.cos(2 * angle) + lobes * np.cos(random.integers(3, 6) * angle))
    inside = 1 / (1 + np.exp(np.hypot(x, y) - edge))
    nucleus = 1 / (1 + np.exp(np.hypot(x - random.normal(0, 3), y - random.normal(0, 3)) - size * 0.4))
    paper, body, core = np.array([[238, 226, 233], [206, 138, 176], [112, 58, 124]]) + random.normal(0, 5, (3, 3))
    colours = paper + inside[..., None] * (body - paper) + (inside * nucleus)[..., None] * (core - body)
    return Image.fromarray(np.clip(colours + random.normal(0, 5, colours.shape), 0, 255).astype(np.uint8))


def main() -> None:
    """Fills the folder that the command names; the same seed draws the same cells."""
    flags = argparse.ArgumentParser(description="Draw cells of three kinds, one subfolder for each.")
    flags.add_argument("folder", type=Path)
    flags.add_argument("--seed", type=int, default=0)
    given = flags.parse_args()
    random = np.random.default_rng(given.seed)
    for kind, count in COUNTS.items():
        (given.folder / kind).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            draw(kind, random).save(given.folder / kind / f"{kind}_{number:03}.png")
    shutil.copy(given.folder / "round/round_007.png", given.folder / "round/round_again.png")
    shutil.copy(given.folder / "oval/oval_003.png", given.folder / "round/round_or_oval.png")


if __name__ == "__main__":
    main()
