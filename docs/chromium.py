"""Where the browser is that pictures and tests of pages open: `python -m docs.chromium` prints it, or exits with 1."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Returns the path of Chromium: what the variable CHROMIUM names, else the first of NAMES that there is."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    print(chromium() or "")
    sys.exit(chromium() is None)
