"""What a data set is called in records/ and runs/. tfrecords_tools names it alike (a test keeps the two equal)."""

from pathlib import Path

from conbal_tf.settings.choices import OWN_IMAGES
from tfrecords_tools.labels.names import canonical, safe_name


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
