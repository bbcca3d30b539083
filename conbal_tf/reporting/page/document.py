"""The page whole: its sections in their order, with the style and the script in it."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conbal_tf.reporting import words
from conbal_tf.reporting.charts.marks import sample
from conbal_tf.reporting.charts.style import charts_style
from conbal_tf.reporting.page.confusion import confusion
from conbal_tf.reporting.page.data import data
from conbal_tf.reporting.page.embedding_map import embedding_map
from conbal_tf.reporting.page.f1_by_class import f1_by_class
from conbal_tf.reporting.page.glance import glance
from conbal_tf.reporting.page.mistakes import mistakes
from conbal_tf.reporting.page.operating import operating
from conbal_tf.reporting.page.precision_recall import precision_recall
from conbal_tf.reporting.page.prior_dial import prior_dial
from conbal_tf.reporting.page.reliability import reliability
from conbal_tf.reporting.page.results import results
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.setup import setup
from conbal_tf.reporting.page.side_by_side import read_runs
from conbal_tf.reporting.page.training import training


def page(paths: Sequence[Path]) -> str:
    """Returns the page of one run, or of several side by side.

    Args:
        paths: folders of finished runs with the same classes and test images.

    Raises:
        FileNotFoundError: A run is not finished.
        ValueError: A file cannot be read, there are too many runs, or they were not tested on the same images.
    """
    runs = read_runs(paths)
    style, script = (files(__package__).joinpath("assets", name).read_text("utf-8") for name in ("page.css", "page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    several = f"{len(runs)} runs side by side"
    tested = sum(map(sum, runs[0].metrics["confusion_matrix"]))
    subtitle = f"{tested:,} test images in {len(runs[0].classes)} classes; all scores are of them."
    compared = f" {words.listed([run.title for run in runs])}." if len(runs) > 1 else ""
    return (
        templates()
        .get_template("page.html")
        .render(
            title=several if len(runs) > 1 else f"{runs[0].title} on {runs[0].dataset}",
            subtitle=subtitle + compared,
            # Nothing is asked for, and no script runs but the page's own, whatever the names in the data are.
            policy=f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
            style=Markup(charts_style() + style),
            script=Markup(script),
            sections={name: _section(name, section(runs), runs) for name, section in SECTIONS.items()},
        )
    )


@cache
def templates() -> Environment:
    """Returns the templates of the page: they escape all text, and a name that is not given is an error."""
    made = Environment(
        loader=PackageLoader("conbal_tf.reporting.page"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {
        "sample": sample,
        "of_metrics": lambda what: f"the {what.replace('_', ' ')} in metrics.json" if "." not in what else what,
        **{name: getattr(words, name) for name in ("begun", "number", "share", "slug", "spread")},
    }
    return made


def _section(name: str, values: Mapping[str, Any], runs: Sequence[PageRun]) -> Markup:
    template = templates().get_template(f"{words.slug(name)}.html")
    return Markup(template.render(runs=runs, several=len(runs) > 1, **values))


# Adding a section: one function from the runs to the values of its template, the template, one line here.
SECTIONS: dict[str, Callable[[Sequence[PageRun]], Mapping[str, Any]]] = {
    "At a glance": glance,
    "Results": results,
    "F1 by class": f1_by_class,
    "Confusions": confusion,
    "Precision and recall": precision_recall,
    "Operating points": operating,
    "Reliability": reliability,
    "Prior dial": prior_dial,
    "Map of the test images": embedding_map,
    "Worst mistakes": mistakes,
    "Training": training,
    "Data": data,
    "Settings": setup,
}
