"""Pictures as files that are whole or not there."""

import io
from pathlib import Path

from matplotlib.figure import Figure

from conbal_tf.run_folder.whole_file import write_whole


def write_picture(figure: Figure, path: Path) -> None:
    """Writes a figure; the end of the file's name tells the format.

    Args:
        figure: drawn.
        path: the file, in a folder that is there; until it is whole, what was there before stays.

    Raises:
        OSError: It cannot be written.
    """
    stream = io.BytesIO()
    figure.savefig(stream, format=path.suffix.removeprefix(".") or None)
    write_whole(path, stream.getbuffer())
