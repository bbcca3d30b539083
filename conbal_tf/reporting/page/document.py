"""The page whole: its sections in their order, with the style and the script in it."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from conbal_tf.reporting.page.confusion import confusion
from conbal_tf.reporting.page.data import data
from conbal_tf.reporting.page.embedding_map import embedding_map
from conbal_tf.reporting.page.f1_by_class import f1_by_class
from conbal_tf.reporting.page.glance import glance
from conbal_tf.reporting.page.markup import Html, join, tag
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
from conbal_tf.reporting.page.words import listed, slug


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
    # Nothing is asked for, and no script runs but the one below, whatever the names in the data are.
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    title = (
        f"{runs[0].title} on {runs[0].finished.settings.get('dataset')}"
        if len(runs) == 1
        else f"{len(runs)} runs side by side"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("title", f"{title} · conbal_tf"),
        tag("style", Html(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the results", href="#main", class_="skip"),
        *_body(runs, title),
        tag("script", Html(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _body(runs: Sequence[PageRun], title: str) -> list[Html]:
    contents = [tag("li", tag("a", name, href=f"#{slug(name)}")) for name in SECTIONS]
    sections = [
        tag(
            "section",
            tag("h2", name, id=f"{slug(name)}-title"),
            section(runs),
            id=slug(name),
            aria_labelledby=f"{slug(name)}-title",
        )
        for name, section in SECTIONS.items()
    ]
    tested = sum(map(sum, runs[0].metrics["confusion_matrix"]))
    subtitle = f"{tested:,} test images in {len(runs[0].classes)} classes; all scores are of them."
    compared = f" {listed([run.title for run in runs])}." if len(runs) > 1 else ""
    return [
        tag("header", tag("p", "conbal_tf report", class_="what"), tag("h1", title), tag("p", f"{subtitle}{compared}")),
        tag("nav", tag("h2", "Contents"), tag("ol", *contents), aria_label="Contents"),
        tag("main", join(sections), id="main", tabindex="-1"),
    ]


# Adding a section: one function from the runs to markup, one line here.
SECTIONS: dict[str, Callable[[Sequence[PageRun]], Html]] = {
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
