"""`python -m conbal_tf.reproduce TABLE`: trains what a table still lacks, and writes it beside the paper's numbers.

Each run is a process of its own (`python -m conbal_tf.train`), so one that fails or is killed costs its cell and no
more. Nothing here imports TensorFlow.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from conbal_tf.experiments.estimate import estimate, measure
from conbal_tf.experiments.expand import PlannedRun, expand
from conbal_tf.experiments.results import write_results
from conbal_tf.experiments.runner import finished, train_missing
from conbal_tf.settings.length import time_left
from conbal_tf.settings.load import CONFIGS, exit_with, load, parse
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.tables import TABLES

PROG = "python -m conbal_tf.reproduce"


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and reproduces; a user's mistake is one line and exit code 2."""
    options = parse(Reproduction, sys.argv[1:] if arguments is None else arguments, PROG, "Reproduce a table.")
    try:
        reproduce(options)
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on where it stopped.", file=sys.stderr)
        sys.exit(130)
    except (ValueError, OSError) as error:
        exit_with(error, PROG, options.debug)


def reproduce(options: Reproduction) -> list[Path]:
    """Trains the runs of a table that are not finished, and writes the table after each of them.

    Args:
        options: which table, how many seeds, where.

    Returns:
        The files of the table; none for a dry run.

    Raises:
        ValueError: A setting makes no sense, or a run folder holds a run with other settings.
    """
    if options.seeds < 1:
        raise ValueError(f"seeds is {options.seeds}; allowed is 1 or more. The paper has 3: --seeds 3.")
    table = TABLES[options.table]
    folder = options.runs / (f"{table.dataset}_small" if options.small else table.dataset)
    planned = expand(table, _base_settings(options), options.seeds, folder)
    done = finished(planned)
    otherwise = measure(planned[0]) if options.dry_run and not done else None
    print(f"{table.title}: {len(planned)} runs, {len(done)} of them finished{_left(planned, done, otherwise)}.")
    if options.dry_run:
        _list(planned, done, otherwise)
        return []

    def report(line: str) -> None:
        done = finished(planned)
        print(f"[{options.table} {len(done)}/{len(planned)}{_left(planned, done)}] {line}", flush=True)

    train_missing(planned, report, lambda: write_results(table, planned, folder))
    files = write_results(table, planned, folder)
    print(files[0].read_text(encoding="utf-8"))
    print("Written: " + ", ".join(map(str, files)))
    return files


def _base_settings(options: Reproduction) -> Settings:
    """Returns what all runs share; a row's method, sampling and seed come over it."""
    dataset = TABLES[options.table].dataset
    config = options.config or CONFIGS / f"{dataset}{'_small' if options.small else ''}.toml"
    flags = ["--config", str(config), "--dataset", dataset, "--method", "cross_entropy"]
    flags += ["--protocol", options.protocol, "--records", str(options.records), "--replicas", str(options.replicas)]
    flags += ["--images", str(options.images)] if options.images else []
    return load(flags, PROG)[0]


def _list(planned: Sequence[PlannedRun], done: Sequence[PlannedRun], otherwise: float | None) -> None:
    for run in planned:
        seconds = estimate(run, done, otherwise)
        state = "finished" if run in done else "time not known" if seconds is None else f"about {time_left(seconds)}"
        print(f"  {run.folder} · {run.row.title} · {state}")


def _left(planned: Sequence[PlannedRun], done: Sequence[PlannedRun], otherwise: float | None = None) -> str:
    """Returns how long the rest takes one process, as words to append; nothing where that is not known."""
    seconds = [estimate(run, done, otherwise) for run in planned if run not in done]
    known = [second for second in seconds if second is not None]
    return f", about {time_left(sum(known))} left for one process" if known and len(known) == len(seconds) else ""


if __name__ == "__main__":
    main()
