"""Records of made-up lesions that know a body site, as those of isic2018 do."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from conbal_tf.data.records import Records, open_records
from tfrecords_tools.builder import RecordsBuilder
from tfrecords_tools.tables import Example, LabelTable


def lesion_records(folder: Path, sites: Mapping[str, Sequence[str]]) -> Records:
    """Returns records with an image for every site of every class; ids are class and number, as in `MEL_0`."""
    examples = [
        Example(f"{name}_{number}", f"{name}_{number}", label, _pixels(label, number), {"localization": site})
        for label, (name, of_class) in enumerate(sites.items())
        for number, site in enumerate(of_class)
    ]
    builder = RecordsBuilder(LabelTable("lesions", tuple(sites), tuple(examples)), folder, 8)
    builder.download_and_prepare()
    return open_records(Path(builder.data_dir))


def _pixels(label: int, number: int) -> np.ndarray:
    return np.full((8, 8, 3), 20 * label + number, np.uint8)
