"""The settings files that come with the package: `conbal_tf/configs/`, in a checkout a link to `configs/`."""

import difflib
from importlib.resources import files
from pathlib import Path

from tfrecords_tools.surroundings.paths import at_home

CONFIGS = Path(str(files("conbal_tf") / "configs"))


def settings_file(named: Path) -> Path:
    """Returns the file that a user means: a path, or the bare name of a file of the package, as `isic2018_small`.

    A file or folder of one's own of that name comes first. Whether the file is there is for its reader to say.

    Args:
        named: as the user wrote it.

    >>> settings_file(Path("isic2018_small")).name
    'isic2018_small.toml'
    """
    path = at_home(named)
    shipped = CONFIGS / f"{named}.toml"
    return shipped if _is_bare(named) and not path.exists() and shipped.is_file() else path


def meant(path: Path) -> str:
    """Returns, of a path where no file is, which one may have been meant: `did you mean X?`, or what there is.

    >>> meant(Path("nowhere/isic2018_small.toml"))
    'did you mean isic2018_small?'
    """
    # A path as in a checkout, typed where there is none: the file of the package goes by its bare name.
    if (CONFIGS / f"{path.stem}.toml").is_file():
        return f"did you mean {path.stem}?"
    there = {file.name: str(file) for file in sorted(path.parent.glob("*.toml"))}
    if _is_bare(path):
        there |= {file.stem: file.stem for file in sorted(CONFIGS.glob("*.toml"))}
    nearest = difflib.get_close_matches(path.name, there, n=1, cutoff=0.5)
    return f"did you mean {there[nearest[0]]}?" if nearest else f"files there: {', '.join(there) or 'none'}."


def _is_bare(path: Path) -> bool:
    return path.name == str(path) and not path.suffix
