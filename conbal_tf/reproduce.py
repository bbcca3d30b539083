"""`python -m conbal_tf.reproduce TABLE`: trains what a table still lacks, and writes it beside the paper's numbers.

Each run is a process of its own (`python -m conbal_tf.train`), here or on a machine of a cluster, so one that fails or
is killed costs its cell and no more. The exit code is 0 when all runs are finished, 1 when some failed (the same
command tries them again), 2 after a user's mistake and 130 after Ctrl-C. Nothing here imports TensorFlow.
"""

import contextlib
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from conbal_tf.settings.load import parse
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.choice import base_settings, chosen_rows, chosen_table
from conbal_tf.tables.expand import expand
from conbal_tf.tables.outlook import listing, state
from conbal_tf.tables.paper import TABLES, Table
from conbal_tf.tables.preparing import make_records
from conbal_tf.tables.process import Engine, one_by_one
from conbal_tf.tables.progress import Progress
from conbal_tf.tables.runner import TRAINER, train_missing
from tfrecords_tools.records import found_instead, is_built
from tfrecords_tools.surroundings.command import FAILED, run_or_exit
from tfrecords_tools.surroundings.typed import typed

PROG = typed("conbal_tf.reproduce")
DESCRIPTION = (
    "Trains what a table still lacks, and writes it beside the paper's numbers: here, one run after the other, or on a "
    "Ray cluster. Called again, or several times at once, it does no run twice. Exit code: 0 when all runs are "
    "finished, 1 when some failed (the same command tries them again), 2 after a mistake in the command, 130 after "
    "Ctrl-C (the same command goes on)."
)


@dataclass(frozen=True)
class Reproduced:
    """What came of it."""

    files: tuple[Path, ...]
    """Of the table; none for a dry run."""
    failed: tuple[str, ...]
    """Names of the runs that failed."""


def main(arguments: Sequence[str] | None = None, tables: Mapping[str, Table] = TABLES, trainer: str = TRAINER) -> None:
    """Reads the flags and reproduces; a user's mistake is one line and exit code 2."""

    def run(given: list[str]) -> int:
        options = parse(Reproduction, given, PROG, DESCRIPTION)
        with _ended_as_by_ctrl_c():
            failed = reproduce(options, tables, trainer).failed
        if failed:
            print(f"Failed: {', '.join(failed)}. The same command tries again.", file=sys.stderr)
        return FAILED if failed else 0

    run_or_exit(run, arguments, PROG, interrupted="The same command goes on where it stopped.")


def reproduce(options: Reproduction, tables: Mapping[str, Table] = TABLES, trainer: str = TRAINER) -> Reproduced:
    """Trains the runs of a table that are not finished, and writes the table after each of them.

    Args:
        options: which table, how many seeds, where.
        tables: the tables by name.
        trainer: the module that trains a run, as a command with `--config` and `--run`.

    Raises:
        ValueError: A setting makes no sense, a run folder holds a run with other settings, or the records cannot be
            made. Nothing was trained then.
    """
    table = chosen_table(options, tables, PROG)
    base = base_settings(options, table, PROG)
    folder = options.runs / (f"{base.data_name}_small" if options.small else base.data_name)
    progress = Progress(expand(table, base, options.seeds, folder, options.folds), chosen_rows(options, table))
    if options.dry_run:
        print(listing(table, progress))
        return Reproduced((), ())
    # Taken now: a cluster that is joined prints by itself, and is given another stream.
    stream = sys.stdout

    def report(line: str) -> None:
        print(f"[{options.table} {state(progress)}] {line}", file=stream, flush=True)

    with _engine(options, folder, base.records, progress) as engine:
        _make_folder(folder)
        print(f"{table.title}: {state(progress)}.", file=stream, flush=True)
        # Before the training, too: a finished run whose files are damaged is found now.
        _write(table, progress, folder)
        if progress.left():
            _make_records(base, folder, report)
            train_missing(progress, report, lambda: _write(table, progress, folder), engine=engine, trainer=trainer)
    files = _write(table, progress, folder)
    print(files[0].read_text(encoding="utf-8"))
    print("Written: " + ", ".join(map(str, files)), flush=True)
    return Reproduced(tuple(files), tuple(run.name for run in progress.failed()))


def _engine(options: Reproduction, folder: Path, records: Path, progress: Progress) -> AbstractContextManager[Engine]:
    if options.cluster and progress.left():
        from conbal_tf.tables.cluster import on_cluster

        return on_cluster(options.cluster, options.cpus, options.replicas, (folder, records))
    return nullcontext(one_by_one)


def _make_records(base: Settings, folder: Path, report: Callable[[str], None]) -> None:
    which = (base.data_name, base.records, base.data.record_size, base.data.crop)
    if not is_built(*which) and (found := found_instead(*which)):
        report(found)
    make_records(base, folder, lambda: is_built(*which), report)


@contextlib.contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Takes a polite end and a closed terminal like Ctrl-C, so that no training is left alone."""
    polite = (signal.SIGTERM, signal.SIGHUP)
    # What is ignored, as under nohup, stays so.
    handlers = {name: handler for name in polite if (handler := signal.getsignal(name)) == signal.SIG_DFL}
    for name in handlers:
        signal.signal(name, signal.default_int_handler)
    try:
        yield
    finally:
        for name, handler in handlers.items():
            signal.signal(name, handler)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"Cannot write into {folder}: {error.strerror}. Choose another folder with --runs.") from error


def _write(table: Table, progress: Progress, folder: Path) -> list[Path]:
    # Here, since it draws: `--help`, a mistake and `--dry_run` do without.
    from conbal_tf.tables.results import write_results

    return write_results(table, progress, folder)


if __name__ == "__main__":
    main()
