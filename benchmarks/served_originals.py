"""How far answers to original files lie from the evaluation's: `python -m benchmarks.served_originals RUN IMAGES`.

Evaluation reads records (resized, JPEG again), the served model reads originals. Prints the mean and the largest
difference of a probability, and the share of equal decisions, over the test part.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

BATCH = 64


def main() -> None:
    """Asks the run's SavedModel about every original image of the test part, and compares with predictions.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished run")
    parser.add_argument("images", type=Path, help="folder of the original images, searched with its subfolders")
    given = parser.parse_args()
    table = pd.read_csv(given.run / "predictions.csv").query("part == 'test'")
    files = {
        path.stem: path
        for path in given.images.rglob("*")
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".bmp", ".gif")
    }
    serve = tf.saved_model.load(str(given.run / "export" / "1")).signatures["serving_default"]
    served = []
    for first in range(0, len(table), BATCH):
        originals = [files[identity].read_bytes() for identity in table["id"].iloc[first : first + BATCH]]
        served.append(serve(image_bytes=tf.constant(originals))["probabilities"].numpy())
    probabilities = np.concatenate(served)
    evaluated = table[[name for name in table.columns if name.startswith("p_")]].to_numpy()
    difference = np.abs(probabilities - evaluated)
    equal = (probabilities.argmax(axis=1) == evaluated.argmax(axis=1)).mean()
    print(f"{len(table)} test images of {given.run.name}, originals against records")
    print(f"difference of a probability: mean {difference.mean():.2e}, largest {difference.max():.3f}")
    print(f"equal decisions: {100 * equal:.2f} %")


if __name__ == "__main__":
    main()
