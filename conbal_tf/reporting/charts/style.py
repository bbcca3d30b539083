"""The style of charts: for the page with colours by name, for a file that stands alone with those for light."""

import re
from functools import cache
from importlib.resources import files


@cache
def charts_style(names: bool = True) -> str:
    """Returns the rules as CSS.

    Args:
        names: whether colours are names that palette.css sets for light, dark and paper; what draws PNG files knows
            none, and gets the colours for light.
    """
    assets = files(__package__) / "assets"
    palette, rules = ((assets / name).read_text("utf-8") for name in ("palette.css", "charts.css"))
    if names:
        return palette + rules
    light = dict(re.findall(r"--(\w+): (#\w+)", palette.partition("}")[0]))
    return re.sub(r"var\(--(\w+)\)", lambda name: light[name[1]], rules)
