"""What the settings of a run say of where its images and labels lie, as the conversion takes it."""

from dataclasses import fields
from pathlib import Path

from conbal_tf.settings.choices import OWN_IMAGES
from conbal_tf.settings.schema import Settings
from tfrecords_tools.origins import Origin


def origin_of(settings: Settings) -> Origin:
    """Returns the origin of the records of a run; the one place where settings become fields of `Origin`."""
    said = {field.name: getattr(settings, field.name) for field in fields(Origin)}
    said["images"] = settings.images or Path("data") / settings.dataset
    said["name"] = settings.data_name if settings.dataset in OWN_IMAGES else None
    return Origin(**said)
