"""The section of the settings: what was run, on what, for how long; several runs side by side, differences marked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.words import NOTHING, listed

SHORT = 12
"""Characters of a fingerprint that are shown."""
REPEAT = "python -m conbal_tf.train --config {run}/settings.toml --run runs/again"


def setup(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the settings that decide a result, then all of them, and the command that repeats each run."""
    rows = [(title, [_fact(run, fact) for run in runs]) for title, fact in FACTS.items()]
    marked = [(title, values, len(set(values)) > 1) for title, values in rows]
    everything = [_flat(run.finished.settings) for run in runs]
    keys = dict.fromkeys(key for settings in everything for key in settings)
    return {
        "sentence": _sentence(runs, [title for title, _, differs in marked if differs]),
        "titles": [run.title for run in runs],
        "rows": marked,
        "all_rows": [(key, *(settings.get(key, NOTHING) for settings in everything)) for key in keys],
        "commands": [REPEAT.format(run=run.path) for run in runs],
    }


def _sentence(runs: Sequence[PageRun], differing: Sequence[str]) -> str:
    first = runs[0].finished.settings
    if len(runs) == 1:
        return f"{runs[0].title} on {runs[0].dataset}, split {first.get('protocol')}."
    if not differing:
        return "The runs have the same settings."
    return f"{len(runs)} runs on the same test images. They differ in: {listed([name.lower() for name in differing])}."


def _fact(run: PageRun, fact: Callable[[PageRun], str]) -> str:
    try:
        return fact(run)
    except (KeyError, TypeError, IndexError):
        return NOTHING  # Of an older run, which did not record it.


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return flat


def _network(run: PageRun) -> str:
    network = run.finished.settings["network"]
    weights = "from scratch" if network["weights"] == "none" else f"{network['weights']} weights"
    return f"{network['backbone']}, width {network['width']}, {weights}"


def _images(run: PageRun) -> str:
    data = run.finished.settings["data"]
    return f"trained at {data['image_size']} px, tested at {data['test_size']} px"


def _stage_1(run: PageRun) -> str:
    length, size, views = (run.finished.settings["training"][key] for key in ("length", "batch_size", "views"))
    return f"{length} of {size} images, {views} view{'s' * (views > 1)}"


def _views(run: PageRun) -> str:
    stages = run.finished.environment["budget"]
    return f"{sum(stage['views_through_backbone'] for stage in stages if stage['with_gradient']):,}"


def _hardware(run: PageRun) -> str:
    environment = run.finished.environment
    gpus = ", ".join(environment["gpus"]) or "no GPU"
    return f"{environment['processor']}, {environment['cores']} cores, {gpus}"


def _time(run: PageRun) -> str:
    seconds = run.finished.seconds
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


# Adding a fact: one function of a run above, one line here.
FACTS: dict[str, Callable[[PageRun], str]] = {
    "Method": lambda run: str(run.finished.settings["method"]),
    "Sampling": lambda run: str(run.finished.settings["sampling"]),
    "Seed": lambda run: str(run.finished.settings["seed"]),
    "Split": lambda run: f"{run.finished.settings['protocol']}, seed {run.finished.settings['protocol_seed']}",
    "Trained on": lambda run: listed(run.finished.settings["data"]["train_parts"]),
    "Network": _network,
    "Images": _images,
    "Augmentation": lambda run: str(run.finished.settings["data"]["augmentation"]),
    "Stage 1": _stage_1,
    "Views with gradient": _views,
    "Records": lambda run: str(run.finished.environment["dataset"]["fingerprint"])[:SHORT],
    "Commit": lambda run: str(run.finished.environment["commit"]),
    "TensorFlow, Keras": lambda run: ", ".join(
        run.finished.environment["packages"][name] for name in ("tensorflow", "keras")
    ),
    "Hardware": _hardware,
    "Time": _time,
    "Folder": lambda run: str(run.path),
}
