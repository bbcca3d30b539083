"""Check of the files of 16 bits: whether anything is left of them in 8."""

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding


def find_lost_depth(facts: Facts) -> list[Finding]:
    """Returns what conversion would refuse, or say, of the files of 16 bits."""
    found = [
        Finding(
            "error" if remark.is_error else "warning",
            f"{remark.what}.",
            remark.advice,
            details={"files": [str(path) for path in remark.files]},
        )
        for remark in facts.depth
    ]
    return found or [Finding("note", "No file of 16 bits has its values in the low ones.")]
