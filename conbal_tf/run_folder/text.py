"""The text of a file of a run."""

from pathlib import Path

from conbal_tf.run_folder.damage import damaged, shortened


def text_of(path: Path) -> str:
    """Returns the text of a file.

    Args:
        path: the file; it is there.

    Raises:
        ValueError: There is nothing in it, or no UTF-8.
    """
    content = path.read_bytes()
    # Zeros are what a crash leaves of a file whose size was written down and whose content was not.
    if not content.strip(b"\0 \t\r\n"):
        raise damaged(path, f"{len(content)} bytes with nothing in them", "text")
    try:
        # An editor may have put its mark before the text.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(path, shortened(error), "text in UTF-8") from error
