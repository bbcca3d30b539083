"""Whether records are still those of the images that lie there, and of the classes as they are asked for."""

from collections.abc import Sequence
from pathlib import Path

from tfrecords_tools.labels.name_texts import listed, some
from tfrecords_tools.labels.names import canonical
from tfrecords_tools.records import read_labels, read_metadata
from tfrecords_tools.tables import LabelTable


def check_fresh(folder: Path, table: LabelTable, anew: str) -> None:
    """Raises ValueError if records were made of another label table; changed pixels of a file are not noticed.

    Args:
        folder: the records' version folder.
        table: what they would be made of now.
        anew: the command that makes them anew.
    """
    metadata = read_metadata(folder)
    if metadata.get("table_fingerprint") == table.fingerprint:
        return
    known = read_labels(folder)
    before = {
        name: (known.class_names[label], group)
        for name, label, group in zip(known.ids.tolist(), known.labels.tolist(), known.groups.tolist(), strict=True)
    }
    now = {example.id: (table.class_names[example.label], example.group) for example in table.examples}
    # Files that could not be read are in the table, and in no record.
    skipped = {entry["id"] for entry in metadata["skipped"]}
    both = sorted(before.keys() & now.keys())
    changes = {
        "new": sorted(now.keys() - before.keys() - skipped),
        "gone": sorted(before.keys() - now.keys()),
        "with another label": [name for name in both if before[name][0] != now[name][0]],
        "in another group": [name for name in both if before[name][1] != now[name][1]],
    }
    told = [f"{some(names, shown=3)} {what}" for what, names in changes.items() if names]
    if set(known.class_names) == set(table.class_names):
        told += _changed_order(folder, table.class_names, table.ordered)
    raise ValueError(
        f"The records in {folder} are not those of the {len(now)} images that are there now: "
        f"{', '.join(told) or 'those that could not be read have changed'}. Make them anew: {anew}; "
        "or keep both, with another --name."
    )


def check_order(folder: Path, stated: Sequence[str] | None, anew: str) -> None:
    """Raises ValueError if records have their classes in another order than the user states, or know of no order.

    Args:
        folder: the records' version folder.
        stated: all classes in their order; None where nothing is said of it.
        anew: the command that makes them anew.
    """
    changed = [] if stated is None else _changed_order(folder, list(map(canonical, stated)), True)
    if changed:
        raise ValueError(f"The records in {folder} are not as class_order says: {changed[0]}. Make them anew: {anew}")


def _changed_order(folder: Path, names: Sequence[str], ordered: bool) -> list[str]:
    """Returns what the records say otherwise of the order of their classes; nothing where they say the same."""
    metadata = read_metadata(folder)
    there = list(metadata["class_counts"])
    if there != list(names):
        return [f"their classes are {listed(there, names)}, not {listed(names, there)}"]
    if metadata.get("ordered", False) != ordered:
        return ["their classes have " + ("no order" if ordered else "an order")]
    return []
