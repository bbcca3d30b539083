"""`python -m conbal_tf.reproduce TABLE`: trains what a table still lacks, and writes it beside the paper's numbers.

Each run is a process of its own (`python -m conbal_tf.train`), so one that fails or is killed costs its cell and no
more. The exit code is 0 when all runs are finished, 1 when some failed (the same command tries them again), 2 after a
user's mistake and 130 after Ctrl-C. Nothing here imports TensorFlow.
"""

import contextlib
import difflib
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conbal_tf.settings.load import load, parse, read_settings
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.shipped import CONFIGS, settings_file
from conbal_tf.tables.expand import expand
from conbal_tf.tables.outlook import listing, state
from conbal_tf.tables.paper import TABLES, Table, own_table
from conbal_tf.tables.progress import Progress
from conbal_tf.tables.records import make_records
from conbal_tf.tables.runner import TRAINER, train_missing
from tfrecords_tools.records import found_instead, is_built
from tfrecords_tools.surroundings.command import FAILED, run_or_exit
from tfrecords_tools.surroundings.typed import typed

OWN = "own"
PROG = typed("conbal_tf.reproduce")
DESCRIPTION = (
    "Trains what a table still lacks, and writes it beside the paper's numbers. Called again, or by several processes "
    "at once, it does no run twice. Exit code: 0 when all runs are finished, 1 when some failed (the same command "
    "tries them again), 2 after a mistake in the command, 130 after Ctrl-C (the same command goes on)."
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
    table = _table(options, tables)
    base = _base_settings(options, table)
    folder = options.runs / (f"{base.data_name}_small" if options.small else base.data_name)
    progress = Progress(expand(table, base, options.seeds, folder, options.folds), _rows(options, table))
    if options.dry_run:
        print(listing(table, progress))
        return Reproduced((), ())
    _make_folder(folder)

    def report(line: str) -> None:
        print(f"[{options.table} {state(progress)}] {line}", flush=True)

    print(f"{table.title}: {state(progress)}.", flush=True)
    # Before the training, too: a finished run whose files are damaged is found now.
    _write(table, progress, folder)
    if progress.left():
        which = (base.data_name, base.records, base.data.record_size, base.data.crop)
        if not is_built(*which) and (found := found_instead(*which)):
            report(found)
        make_records(base, folder, lambda: is_built(*which), report)
        train_missing(progress, report, lambda: _write(table, progress, folder), trainer=trainer)
    files = _write(table, progress, folder)
    print(files[0].read_text(encoding="utf-8"))
    print("Written: " + ", ".join(map(str, files)), flush=True)
    return Reproduced(tuple(files), tuple(run.name for run in progress.failed()))


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


def _table(options: Reproduction, tables: Mapping[str, Table]) -> Table:
    if options.seeds < 1:
        raise ValueError(f"seeds is {options.seeds}; allowed is 1 or more. The paper has 3: --seeds 3.")
    if options.folds < 0 or options.folds == 1:
        raise ValueError(f"folds is {options.folds}; allowed is 2 or more, or 0 for one split. Often: --folds 5.")
    if options.table == OWN:
        if options.config is None:
            raise ValueError(f"{OWN} needs the settings of your data set: --config FILE, as for conbal_tf.train.")
        return own_table(load(["--config", str(options.config)], PROG)[0])
    if options.table not in tables:
        allowed = [*tables, OWN]
        raise ValueError(f"No table {options.table!r}. {_meant(options.table, allowed)}Allowed: {', '.join(allowed)}.")
    return tables[options.table]


def _rows(options: Reproduction, table: Table) -> tuple[str, ...]:
    """Returns the titles of the rows to be trained; none for all."""
    titles = [row.title for row in table.rows if row.method is not None]
    for wanted in options.rows:
        if wanted not in titles:
            allowed = ", ".join(map(repr, titles))
            raise ValueError(
                f"{options.table} trains no row {wanted!r}. {_meant(wanted, titles)}Allowed in --rows: {allowed}."
            )
    return options.rows


def _meant(given: str, allowed: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(given, allowed, n=1)
    return f"Did you mean {nearest[0]!r}? " if nearest else ""


def _base_settings(options: Reproduction, table: Table) -> Settings:
    """Returns what all runs share; a row's method, sampling and seed come over it."""
    shipped = CONFIGS / f"{table.dataset}_{'small' if options.small else 'paper'}.toml"
    config = settings_file(options.config) if options.config else shipped
    flags = ["--config", str(config), "--dataset", table.dataset, "--method", "cross_entropy"]
    protocol = options.protocol or (None if options.table == OWN else "paper")
    flags += ["--protocol", protocol] if protocol else []
    flags += ["--records", str(options.records)] if options.records else []
    flags += ["--replicas", str(options.replicas)]
    flags += ["--images", str(options.images)] if options.images else []
    flags += ["--debug"] if options.debug else []
    base, _ = load(flags, PROG)
    there = read_settings(config, Settings(dataset=table.dataset)).dataset
    if there != table.dataset:
        raise ValueError(
            f"{config} is for data set {there!r}; {options.table} is of {table.dataset!r}. "
            "Give --config a file for that one, or leave it out."
        )
    return base


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
