"""Whether test images are of a size that the network saw nothing like in training."""

from conbal_tf.networks.resnet import BACKBONES
from conbal_tf.settings.schema import Settings


def size_note(settings: Settings) -> str:
    """Returns a line that warns where test images meet the borders of the maps otherwise than training images do.

    Args:
        settings: of the run; empty where the two sizes fit.
    """
    stride, shown = BACKBONES[settings.network.backbone].stride, settings.data
    if (shown.test_size - shown.image_size) % stride == 0:
        return ""
    nearest = shown.image_size + stride * round((shown.test_size - shown.image_size) / stride)
    return (
        f"Note: data.test_size is {shown.test_size}, data.image_size {shown.image_size}. Unless they differ by a "
        f"multiple of the network's stride, here {stride}, much accuracy was seen to be lost (docs/decisions/0009). "
        f"A size to try: --data.test_size {nearest}.\n"
    )
