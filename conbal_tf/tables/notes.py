"""What stands under a table: whether its rows had the same budget, data and hardware, and which differ."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.run_folder.finished_run import FinishedRun, read_run
from conbal_tf.settings.choices import fold_of
from conbal_tf.tables.measured import GROUPS, RowRuns
from conbal_tf.tables.paper import Table

NOT_RECORDED = "not recorded"


def notes(table: Table, rows: Sequence[RowRuns]) -> list[str]:
    """Returns one sentence per fact of `FACTS` that decides whether rows can be compared, with the rows that differ.

    Args:
        table: of which the rows are.
        rows: what was run of it; rows without a finished run have no part in the sentences.

    Raises:
        FileNotFoundError: If a run is not finished.
        ValueError: If a file of a run cannot be read.
    """
    runs = {given.row.title: [read_run(path) for path in given.runs] for given in rows if given.runs}
    if not runs:
        return ["No run is finished."]
    others = {run.settings["dataset"] for of_row in runs.values() for run in of_row} - {table.dataset}
    sentences = [_sentence(fact, _values(runs, function)) for fact, function in FACTS.items()]
    if set(GROUPS) & set(table.metrics):
        rule = "major: at least half as many as the largest class, minor: fewer than an eighth"
        source = "as in the paper" if table.dataset == "isic2018" and not others else "the paper names none"
        sentences.append(_sentence(f"Groups of classes by training images ({rule}; {source})", _values(runs, _groups)))
    if others:
        sentences.append(
            f"Runs are of {', '.join(sorted(others))}, and the paper's numbers of {table.dataset}: not to be compared."
        )
    return sentences


def _values(runs: Mapping[str, Sequence[FinishedRun]], fact: Callable[[FinishedRun], str]) -> dict[str, str]:
    """Returns the fact of each row; where its seeds differ, what each has."""
    return {title: " or ".join(dict.fromkeys(map(fact, of_row))) for title, of_row in runs.items()}


def _sentence(fact: str, values: Mapping[str, str]) -> str:
    """Returns one value for all rows, or the values with their rows, the commonest last.

    >>> _sentence("Cores", {"CE": "2", "CL": "2"})
    'Cores, in every finished row: 2.'
    >>> _sentence("Cores", {"CE": "2", "CL": "4", "MTL": "2", "OHEM": "2"})
    'Cores: 4 in *CL*; 2 in the other finished rows.'
    """
    counts = Counter(values.values()).most_common()
    if len(counts) == 1:
        return f"{fact}, in every finished row: {counts[0][0]}."
    # "All others" needs a value that is plainly the usual one; otherwise each row is named.
    usual = counts[0][0] if counts[0][1] > max(2, counts[1][1]) else None
    clauses = []
    for value in dict.fromkeys(values.values()):
        if value != usual:
            clauses.append(f"{value} in {_listed([f'*{title}*' for title, its in values.items() if its == value])}")
    if usual is not None:
        clauses.append(f"{usual} in the other finished rows")
    return f"{fact}: {'; '.join(clauses)}."


def _listed(names: Sequence[str]) -> str:
    """Returns names as a sentence lists them.

    >>> _listed(["BCC", "VASC", "DF"]), _listed(["NV"]), _listed([])
    ('BCC, VASC and DF', 'NV', 'none')
    """
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if names[1:] else names) or "none"


def _views_with_gradient(run: FinishedRun) -> str:
    budget = run.environment.get("budget")
    if budget is None:
        return NOT_RECORDED
    return f"{sum(stage['views_through_backbone'] for stage in budget if stage['with_gradient']):,}"


def _updates_with_gradient(run: FinishedRun) -> str:
    budget = run.environment.get("budget")
    if budget is None:
        return NOT_RECORDED
    return " + ".join(
        f"{stage['updates']:,} × {stage['images']:,} × {stage['views']:,}" for stage in budget if stage["with_gradient"]
    )


def _without_gradient(run: FinishedRun) -> str:
    budget = run.environment.get("budget")
    if budget is None:
        # Settings are saved with the sections of their own method alone.
        return NOT_RECORDED if "classifier" in run.settings else "none"
    passes = [
        f"{stage['stage']} {stage['views_through_backbone']:,} views ({stage['updates']:,} updates of "
        f"{stage['images']:,})"
        for stage in budget
        if not stage["with_gradient"]
    ]
    return " + ".join(passes) or "none"


def _augmentation(run: FinishedRun) -> str:
    data = run.settings["data"]
    return (
        f"{data['augmentation']}, smallest crop {data['smallest_crop']:g}, colour strength {data['colour_strength']:g}"
    )


def _network(run: FinishedRun) -> str:
    network, data = run.settings["network"], run.settings["data"]
    weights = "from scratch" if network["weights"] == "none" else f"{network['weights']} weights"
    return (
        f"{network['backbone']} of width {network['width']}, {weights}, trained at {data['image_size']} pixels and "
        f"tested at {data['test_size']}"
    )


def _selection(run: FinishedRun) -> str:
    # Nothing is chosen on validation, so there is no other rule that a run could have had.
    return f"last update, {_listed(run.settings['data']['train_parts'])}"


def _protocol(run: FinishedRun) -> str:
    settings, records = run.settings, run.environment["dataset"]
    return (
        f"{settings['dataset']}, {_split(settings['protocol'])}, split seed {settings['protocol_seed']}, "
        f"records {records['fingerprint'][:12]}"
    )


def _split(protocol: str) -> str:
    """Returns what all runs of a table have in common of their splits.

    >>> _split("paper"), _split("fold_2_of_5")
    ('protocol paper', 'each of 5 folds')
    """
    fold = fold_of(protocol)
    return f"each of {fold[1]} folds" if fold else f"protocol {protocol}"


def _hardware(run: FinishedRun) -> str:
    environment = run.environment
    gpus = Counter(environment["gpus"])
    names = ", ".join(f"{count} × {name}" for name, count in gpus.items()) or "no GPU"
    return f"{environment['processor']}, {environment['cores']} cores, {names}"


def _groups(run: FinishedRun) -> str:
    groups = class_groups(run.metrics["train_counts"])
    return "; ".join(f"{group} {_listed(names)}" for group, names in groups.items())


# Adding a fact: one function of a run above, one line here.
FACTS: dict[str, Callable[[FinishedRun], str]] = {
    "Views with gradient in stage 1": _views_with_gradient,
    "Updates × images × views of stage 1": _updates_with_gradient,
    "Passes without gradient, stage 2 among them": _without_gradient,
    "Augmentation": _augmentation,
    "Network": _network,
    "Selection, and parts trained on": _selection,
    "Data": _protocol,
    "Hardware": _hardware,
}
