"""A test size that does not fit the network's stride."""

import re

import pytest

from conbal_tf.run.size_note import size_note
from conbal_tf.settings import choices
from conbal_tf.settings.schema import Data, Network, Settings


@pytest.mark.parametrize(
    ("backbone", "image_size", "test_size", "advice"),
    [
        ("resnet10_small", 32, 40, ""),
        ("resnet10_small", 32, 36, "here 8, .* A size to try: --data.test_size 32"),
        ("resnet10_small", 32, 39, "--data.test_size 40"),
        ("resnet50", 224, 256, ""),
        ("resnet50", 224, 240, "here 32, "),
    ],
)
def test_test_size_that_does_not_fit_the_stride_is_noted(
    backbone: choices.Backbone, image_size: int, test_size: int, advice: str
) -> None:
    settings = Settings(data=Data(image_size=image_size, test_size=test_size), network=Network(backbone=backbone))
    note = size_note(settings)
    assert re.search(advice, note)
    assert bool(note) == bool(advice)
