"""What is told of the findings: the summary for a terminal, and the complete lists for programs."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import SEVERITIES, Finding

WIDTH = 110
INDENT = " " * 9


def summary(facts: Facts, findings: Sequence[Finding], place: Path) -> str:
    """Returns the findings as text, the severest first: what, a few examples, what to do."""
    parts = [f"{facts.name} in {place}: {len(facts.ids)} images in {len(facts.class_names)} classes."]
    parts += [_paragraph(finding) for finding in findings]
    return "\n\n".join([*parts, f"{verdict(findings)}."])


def verdict(findings: Sequence[Finding]) -> str:
    """Returns how many findings of each severity there are.

    >>> verdict([Finding("error", "One."), Finding("note", "Two."), Finding("note", "Three.")])
    '1 error, 0 warnings, 2 notes'
    """
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in SEVERITIES)


def as_json(facts: Facts, findings: Sequence[Finding], place: Path) -> dict[str, Any]:
    """Returns all findings with their complete lists, ready for JSON."""
    return {
        "dataset": facts.name,
        "place": str(place),
        "images": len(facts.ids),
        "class_names": list(facts.class_names),
        "findings": [
            {
                "check": finding.check,
                "severity": finding.severity,
                "title": finding.title,
                "advice": finding.advice,
                "details": dict(finding.details),
            }
            for finding in findings
        ],
    }


def _paragraph(finding: Finding) -> str:
    first = textwrap.fill(
        finding.title, WIDTH, initial_indent=f"{finding.severity.upper():<9}", subsequent_indent=INDENT
    )
    examples = [f"{INDENT}  {example}" for example in finding.examples]
    advice = [textwrap.fill(f"-> {finding.advice}", WIDTH, initial_indent=INDENT, subsequent_indent=f"{INDENT}   ")]
    return "\n".join([first, *examples, *(advice if finding.advice else [])])
