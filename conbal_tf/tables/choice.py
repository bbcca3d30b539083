"""What a command asks for: which table, which of its rows, on which settings."""

import difflib
from collections.abc import Mapping, Sequence

from conbal_tf.settings.load import load, read_settings_file
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.shipped import CONFIGS, settings_file
from conbal_tf.tables.paper import Table, own_table

OWN = "own"


def chosen_table(options: Reproduction, tables: Mapping[str, Table], prog: str) -> Table:
    """Returns the table that is asked for.

    Args:
        options: of the command.
        tables: the tables by name.
        prog: the command, for messages about its settings file.

    Raises:
        ValueError: There is no such table, or an option makes no sense.
    """
    if options.seeds < 1:
        raise ValueError(f"seeds is {options.seeds}; allowed is 1 or more. The paper has 3: --seeds 3.")
    if options.folds < 0 or options.folds == 1:
        raise ValueError(f"folds is {options.folds}; allowed is 2 or more, or 0 for one split. Often: --folds 5.")
    if options.cpus < 0 or (options.cpus and not options.cluster):
        bound = "0 or more" if options.cluster else "0 without --cluster, where each run has all cores"
        raise ValueError(f"cpus is {options.cpus}; allowed is {bound}. Leave --cpus out, or say --cluster auto.")
    if options.table == OWN:
        if options.config is None:
            raise ValueError(f"{OWN} needs the settings of your data set: --config FILE, as for conbal_tf.train.")
        return own_table(load(["--config", str(options.config)], prog)[0])
    if options.table not in tables:
        allowed = [*tables, OWN]
        raise ValueError(f"No table {options.table!r}. {_meant(options.table, allowed)}Allowed: {', '.join(allowed)}.")
    return tables[options.table]


def chosen_rows(options: Reproduction, table: Table) -> tuple[str, ...]:
    """Returns the titles of the rows to be trained; none for all.

    Raises:
        ValueError: The table trains no such row.
    """
    titles = [row.title for row in table.rows if row.method is not None]
    for wanted in options.rows:
        if wanted not in titles:
            allowed = ", ".join(map(repr, titles))
            raise ValueError(
                f"{options.table} trains no row {wanted!r}. {_meant(wanted, titles)}Allowed in --rows: {allowed}."
            )
    return options.rows


def base_settings(options: Reproduction, table: Table, prog: str) -> Settings:
    """Returns what all runs share; a row's method, sampling and seed come over it.

    Args:
        options: of the command.
        table: of the runs.
        prog: the command, for messages about its settings file.

    Raises:
        ValueError: A setting makes no sense, or the settings are for another data set.
        FileNotFoundError: There is no such file.
    """
    shipped = CONFIGS / f"{table.dataset}_{'small' if options.small else 'paper'}.toml"
    config = settings_file(options.config) if options.config else shipped
    flags = ["--config", str(config), "--dataset", table.dataset, "--method", "cross_entropy"]
    protocol = options.protocol or (None if options.table == OWN else "paper")
    flags += ["--protocol", protocol] if protocol else []
    flags += ["--records", str(options.records)] if options.records else []
    flags += ["--replicas", str(options.replicas)]
    flags += ["--images", str(options.images)] if options.images else []
    flags += ["--debug"] if options.debug else []
    base, _ = load(flags, prog)
    there = read_settings_file(config, Settings(dataset=table.dataset)).dataset
    if there != table.dataset:
        raise ValueError(
            f"{config} is for data set {there!r}; {options.table} is of {table.dataset!r}. "
            "Give --config a file for that one, or leave it out."
        )
    return base


def _meant(given: str, allowed: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(given, allowed, n=1)
    return f"Did you mean {nearest[0]!r}? " if nearest else ""
