"""Shows what is wrong with a data set before it is trained on: `python -m tfrecords_tools.audit RECORDS|DIR`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tfrecords_tools.build_flags import add_origin, given, told_origin
from tfrecords_tools.catalogue import DATASETS
from tfrecords_tools.surroundings.command import FAILED, run_command
from tfrecords_tools.surroundings.publishing import FINISHED, published
from tfrecords_tools.surroundings.typed import typed

if TYPE_CHECKING:
    from tfrecords_tools.auditing.facts import Facts
    from tfrecords_tools.auditing.findings import Finding
    from tfrecords_tools.auditing.sources import Source

PROG = typed("tfrecords_tools.audit")
LISTS, PAGE = "audit.json", "audit.html"


def audit(source: "Source", out: Path, protocols: Sequence[Path] = ()) -> "tuple[Facts, list[Finding]]":
    """Returns what is known of a data set and what is wrong with it; writes both files into `out`.

    Args:
        source: its images (`auditing.sources.open_source`).
        out: the folder for `audit.json` and `audit.html`; an audit that is there is replaced, whole or not at all.
        protocols: files of splits, beside those that the source knows.

    Raises:
        FileNotFoundError: A file of a split is missing.
        ValueError: No image can be read, a split is not of these images, or `out` holds something else.
    """
    # Here, since scikit-learn and SciPy take seconds that `--help` and a mistake in a flag need not cost.
    from tfrecords_tools.auditing.checks import run_checks
    from tfrecords_tools.auditing.facts import gather_facts
    from tfrecords_tools.auditing.page import page
    from tfrecords_tools.auditing.summary import as_json

    _refuse_others_folder(out)
    facts = gather_facts(source, [*source.protocols, *protocols])
    findings = run_checks(facts)
    with published(out.resolve(), "an audit", "--out") as workplace:
        folder = workplace / FINISHED
        folder.mkdir()
        lists = json.dumps(as_json(facts, findings, source.place), indent=1, ensure_ascii=False)
        (folder / LISTS).write_text(f"{lists}\n", encoding="utf-8")
        (folder / PAGE).write_text(page(facts, findings, source), encoding="utf-8")
    return facts, findings


def _refuse_others_folder(out: Path) -> None:
    """Raises ValueError if `out` is no folder, or one that holds more than an audit: it would be replaced."""
    if not out.exists():
        return
    others = [str(out)] if not out.is_dir() else sorted({path.name for path in out.iterdir()} - {LISTS, PAGE})
    if others:
        raise ValueError(
            f"{out} is no place for an audit: {others[0]} is there, and would be lost. "
            "Name a folder that does not exist yet, or that of an earlier audit, with --out."
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: the flags (default: those of the command line).

    Returns:
        The exit code: 0; 1 with --strict after an error among the findings; 2 after a user's mistake.
    """
    return run_command(_run, arguments, PROG)


def _run(arguments: list[str]) -> int:
    flags = given(parser(), arguments)
    from tfrecords_tools.auditing.sources import open_source
    from tfrecords_tools.auditing.summary import summary

    start = time.monotonic()
    source = open_source(flags.folder, flags.dataset, told_origin(flags, flags.folder))
    out = flags.out or source.out
    facts, findings = audit(source, out, flags.protocol)
    print(summary(facts, findings, source.place))
    print(f"Pictures: {out / PAGE}. Complete lists: {out / LISTS}. Took {time.monotonic() - start:.0f} seconds.")
    return FAILED if flags.strict and any(finding.severity == "error" for finding in findings) else 0


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the flags."""
    flags = argparse.ArgumentParser(prog=PROG, description=__doc__, allow_abbrev=False)
    flags.add_argument("folder", type=Path, metavar="RECORDS|DIR", help="folder of records, or of a download")
    flags.add_argument("--dataset", default="", choices=list(DATASETS), help="whose download DIR is (default: seen)")
    add_origin(flags, images=False)
    flags.add_argument(
        "--protocol",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a split to look for leaks in, a CSV with the columns id and part; may be repeated "
        "(those beside the records are looked at anyway)",
    )
    flags.add_argument(
        "--out", type=Path, help="where to write (default: records/<dataset>/audit, or audit_<name of DIR>)"
    )
    flags.add_argument(
        "--strict", action="store_true", help="exit with 1 after an error, such as a leak or a label conflict"
    )
    flags.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return flags


if __name__ == "__main__":
    # The work is the processor's: a GPU's memory would be taken for nothing, from a training that runs beside it.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    sys.exit(main())
