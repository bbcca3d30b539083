"""The images that stages are trained and scored on, as they are shown there."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import tensorflow as tf

from conbal_tf.data.pipeline import TestView, View, augmented_once, evaluation_batches, training_batches
from conbal_tf.data.split import SplitRecords
from conbal_tf.settings.schema import Data
from conbal_tf.training.scoring import EVALUATION_BATCH, Labelled
from conbal_tf.training.stage import Stage

# The bank of the nearest-neighbour score: enough for a steady number, few enough to cost a few per cent of an epoch.
BANK_PER_CLASS = 100


@dataclass(frozen=True)
class StageImages:
    """Records under a protocol, and how the network is shown them."""

    data: SplitRecords
    shown: Data
    """Sizes, augmentation, and the parts that are trained on."""

    def train_rows(self) -> pd.DataFrame:
        """Returns id, group and label of the training images, in reading order."""
        return self.data.rows(*self.shown.train_parts)

    def batches_of(self, stage: Stage) -> Callable[[int], tf.data.Dataset]:
        """Returns a function from the number of the first batch to the endless batches of a stage from there on.

        A batch is (images [(batch_size * candidates * views, side, side, 3) float32], labels), the views of an image
        side by side.
        """
        view = View.of(self.shown, views=stage.views, seed=stage.view_seed)
        ids = self.data.ids(*self.shown.train_parts)

        def batches_from(start: int) -> tf.data.Dataset:
            return training_batches(
                self.data.records,
                ids,
                view,
                sampling=stage.sampling,
                batch_size=stage.batch_size * stage.candidates,
                start=start,
                second=stage.second_label,
            )

        return batches_from

    def views_once(self, stage: Stage) -> tf.data.Dataset:
        """Returns `cached_views` augmented views of every training image once, in the order of `train_rows`."""
        view = View.of(self.shown, views=stage.cached_views, seed=stage.view_seed)
        # So many images that their views make one batch of evaluation.
        size = max(1, EVALUATION_BATCH // stage.cached_views)
        return augmented_once(self.data.records, self.train_rows()["id"], view, batch_size=size)

    def validation(self) -> Labelled:
        """Returns the images of the validation part, as they are tested."""
        return self._labelled(self.data.rows("validation"))

    def bank(self, seed: int) -> Labelled:
        """Returns equally many training images of each class, where there are, as they are tested."""
        return self._labelled(self.data.balanced_sample(self.shown.train_parts, BANK_PER_CLASS, seed))

    def _labelled(self, rows: pd.DataFrame) -> Labelled:
        view = TestView.of(self.shown)
        batches = evaluation_batches(self.data.records, rows["id"], view, batch_size=EVALUATION_BATCH)
        return Labelled(batches, rows["label"].to_numpy())
