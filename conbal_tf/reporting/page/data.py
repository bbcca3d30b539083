"""The section of the data: how many images each class has, how they were split, and what is known to be wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.reporting.page.markup import Html, command, join, lead, note, table, tag
from conbal_tf.reporting.page.pieces import absent, found, split_by
from conbal_tf.reporting.page.run_files import PageRun
from conbal_tf.reporting.page.words import listed, number, share
from tfrecords_tools.splits.leaks import Leaks, leak_report

SEVERITIES = ("error", "warning", "note")
PROTOCOLS = {
    "grouped": "All images of a patient, a lesion or a copy lie in one part.",
    "paper": "Images are split at random as in the paper, so that pictures of one lesion may lie on both sides.",
    "official": "The parts are those that the data set was published with.",
    "import": "The parts come from a file of the user.",
}


def data(runs: Sequence[PageRun]) -> Html:
    """Returns the images of each class and part, and the verdicts on leaks and of the audit."""
    first = runs[0]
    counts = first.metrics["train_counts"]
    largest = max(counts.values())
    group_of = {name: group for group, names in class_groups(counts).items() for name in names}
    per_class = (first.metrics.get("validation") or {}).get("per_class") or {}
    rows = [
        (
            name,
            tag("td", group_of[name], class_="word"),
            tag("td", f"{counts[name]:,}"),
            tag("td", tag("span", class_="length", style=f"width:{100 * counts[name] / largest:.1f}%"), class_="bars"),
            tag("td", f"{per_class[name]['support']:,}" if name in per_class else "–"),
            tag("td", f"{found(first, name)[1]:,}"),
        )
        for name in first.classes
    ]
    other = [run.title for run in runs if run.metrics["train_counts"] != counts]
    head = ["class", "group", "training", "", "validation", "test"]
    without_audit = [] if any(run.audit for run in runs) else runs[:1]
    _, without_leaks = split_by(runs, lambda run: run.leaks)
    return join(
        [
            lead(_imbalance(first), _protocol(first)),
            table(head, rows, "Images of each class and part", "counts"),
            note(f"Not the same training images in {', '.join(other)}: the table is of {first.title}.")
            if other
            else Html(""),
            tag("h3", "Leaks"),
            *(_leaks(run, len(runs) > 1) for run in _different(runs, "leaks")),
            absent(without_leaks, "leaks.json", "the verdict on leaks"),
            tag("h3", "Audit"),
            *(_audit(run.audit) for run in _different(runs, "audit") if run.audit),
            absent(without_audit, "audit.json", "the audit's verdict"),
        ]
    )


def leaking(leaks: Mapping[str, Any]) -> Leaks:
    """Returns the leaks that leaks.json holds."""
    return Leaks(dict(leaks["leaking"]), dict(leaks["tested"]), int(leaks["groups"]))


def _different(runs: Sequence[PageRun], key: str) -> list[PageRun]:
    """Returns the runs that have something to tell that none before them told."""
    kept: list[PageRun] = []
    for run in runs:
        if getattr(run, key) and all(getattr(run, key) != getattr(other, key) for other in kept):
            kept.append(run)
    return kept


def _imbalance(run: PageRun) -> str:
    counts = run.metrics["train_counts"]
    most, least, total = run.classes[0], run.classes[-1], sum(counts.values())
    ratio = f"{counts[most] / counts[least]:.0f} to 1" if counts[least] else "without an end, since it has none"
    return (
        f"Of {total:,} training images, {share(counts[most] / total)} are {most}; the rarest class, "
        f"{least}, has {counts[least]:,}: {ratio}."
    )


def _protocol(run: PageRun) -> str:
    name = str(run.finished.settings.get("protocol", ""))
    told = (
        "One of several folds; images of a group lie in one of them."
        if name.startswith("fold_")
        else PROTOCOLS.get(name, "")
    )
    trained = run.finished.settings.get("data", {}).get("train_parts", [])
    both = (
        " The validation part was trained on, too: its scores say how well it is learnt by heart."
        if "validation" in trained
        else ""
    )
    return f"Split “{name}”: {told}{both}"


def _leaks(run: PageRun, by_title: bool) -> Html:
    assert run.leaks is not None
    leaks = leaking(run.leaks)
    verdict = tag("p", f"{run.title}: {leak_report(leaks)}" if by_title else leak_report(leaks))
    if not leaks.share:
        return tag("div", verdict, class_="verdict good")
    advice = _honest(run) or tag("p", "What they change: ", command(run.command("leaks.json")))
    return tag("div", verdict, advice, class_="verdict bad")


def _honest(run: PageRun) -> Html | None:
    """Returns the scores that are left without the leaks, where they were evaluated."""
    flattery = (run.without_leaks or {}).get("flattery")
    if not flattery:
        return None
    assert run.without_leaks is not None
    mix = run.without_leaks["same_class_mix"]
    told = [
        f"{name.replace('_', ' ').replace('f1', 'F1')} {number(mix[name])} instead of {number(mix[name] + by)}"
        for name, by in flattery.items()
    ]
    return tag("p", f"Without these images, at the same mix of classes: {listed(told)}.")


def _audit(audit: Mapping[str, Any]) -> Html:
    findings = audit.get("findings", [])
    counts = Counter(finding.get("severity") for finding in findings)
    told = [finding for finding in findings if finding.get("severity") in SEVERITIES[:2]]
    title = ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in SEVERITIES)
    items = [tag("li", f"{finding['severity']}: {finding.get('title', '')}") for finding in told]
    kind = "bad" if counts["error"] else "fair" if counts["warning"] else "good"
    text = f"Audit of {audit.get('images', 0):,} images: {title}."
    return tag("div", tag("p", text), tag("ul", *items) if items else Html(""), class_=f"verdict {kind}")
