"""The section of the data: how many images each class has, how they were split, and what is known to be wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from conbal_tf.metrics.class_groups import class_groups
from conbal_tf.reporting.page.run_files import PageRun, split_by
from conbal_tf.reporting.words import NOTHING, listed, number, share
from tfrecords_tools.splits.leaks import Leaks, leak_report

SEVERITIES = ("error", "warning", "note")
PROTOCOLS = {
    "grouped": "All images of a patient, a lesion or a copy lie in one part.",
    "paper": "Images are split at random as in the paper, so that pictures of one lesion may lie on both sides.",
    "official": "The parts are those that the data set was published with.",
    "import": "The parts come from a file of the user.",
}


def data(runs: Sequence[PageRun]) -> dict[str, Any]:
    """Returns the images of each class and part, and the verdicts on leaks and of the audit."""
    first = runs[0]
    counts = first.metrics["train_counts"]
    return {
        "sentences": [_imbalance(first), _protocol(first)],
        "rows": _rows(first),
        "other": [run.title for run in runs if run.metrics["train_counts"] != counts],
        "leaks": [_leaks(run) for run in _different(runs, "leaks")],
        "audits": [_audit(run.audit) for run in _different(runs, "audit") if run.audit],
        "without_leaks": split_by(runs, lambda run: run.leaks)[1],
        "without_audit": [] if any(run.audit for run in runs) else runs[:1],
    }


def _rows(run: PageRun) -> list[tuple[str, ...]]:
    """Returns of each class its group, its images in the parts, and their share of the largest class's."""
    counts = run.metrics["train_counts"]
    group_of = {name: group for group, names in class_groups(counts).items() for name in names}
    per_class = (run.metrics.get("validation") or {}).get("per_class") or {}
    largest = max(counts.values())
    return [
        (
            name, group_of[name], f"{counts[name]:,}", f"{100 * counts[name] / largest:.1f}%",
            f"{per_class[name]['support']:,}" if name in per_class else NOTHING, f"{run.found(name)[1]:,}",
        )
        for name in run.classes
    ]  # fmt: skip


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


def _leaks(run: PageRun) -> dict[str, Any]:
    """Returns the verdict on leaks, and the scores that are left without them or the command that tells them."""
    assert run.leaks is not None
    leaks = leaking(run.leaks)
    command = run.command("leaks.json") if leaks.share else ""
    return {
        "run": run,
        "verdict": leak_report(leaks),
        "honest": _honest(run) if leaks.share else "",
        "command": command,
    }


def _honest(run: PageRun) -> str:
    """Returns the scores that are left without the leaks, empty where they were not evaluated."""
    flattery = (run.without_leaks or {}).get("flattery")
    if not flattery:
        return ""
    assert run.without_leaks is not None
    mix = run.without_leaks["same_class_mix"]
    told = [
        f"{name.replace('_', ' ').replace('f1', 'F1')} {number(mix[name])} instead of {number(mix[name] + by)}"
        for name, by in flattery.items()
    ]
    return f"Without these images, at the same mix of classes: {listed(told)}."


def _audit(audit: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """Returns how bad an audit is, its verdict, and its errors and warnings."""
    findings = audit.get("findings", [])
    counts = Counter(finding.get("severity") for finding in findings)
    told = [finding for finding in findings if finding.get("severity") in SEVERITIES[:2]]
    title = ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in SEVERITIES)
    kind = "bad" if counts["error"] else "fair" if counts["warning"] else "good"
    items = [f"{finding['severity']}: {finding.get('title', '')}" for finding in told]
    return kind, f"Audit of {audit.get('images', 0):,} images: {title}.", items
