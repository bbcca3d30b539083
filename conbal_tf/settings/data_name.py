"""What a data set is called in records/ and runs/. tfrecords_tools names it alike (a test keeps the two equal)."""

import re
from pathlib import Path

from conbal_tf.settings.choices import OWN_IMAGES
from tfrecords_tools.labels.names import canonical


def data_name(dataset: str, name: str | None, images: Path | None) -> str:
    """Returns the name of the folders of a data set.

    >>> data_name("aptos", None, None), data_name("folder", None, Path("photos/my moles"))
    ('aptos', 'my_moles')

    Args:
        dataset: as in the settings.
        name: what the user calls their own images.
        images: the folder of them, after which they are called otherwise.
    """
    if dataset not in OWN_IMAGES:
        return dataset
    return canonical(name or "") or safe_name((images or Path()).resolve().name) or "images"


def safe_name(text: str) -> str:
    """Returns a name that a folder can have everywhere; empty where nothing is left of it.

    >>> safe_name("My moles (2024)")
    'My_moles_2024'
    """
    return re.sub(r"[^\w-]+", "_", canonical(text)).strip("_-")
