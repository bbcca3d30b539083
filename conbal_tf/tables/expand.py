"""From a row of a table to the settings and the folder of each of its runs."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conbal_tf.settings.methods import TRAITS
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.validate import validate
from conbal_tf.tables.paper import Row, Table


@dataclass(frozen=True)
class TableRun:
    """One training, of one row, one seed and, where there are some, one fold."""

    row: Row
    settings: Settings
    """With the run folder."""
    folder: Path
    """The run folder."""

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def expand(table: Table, base: Settings, seeds: int, runs: Path, folds: int = 0) -> list[TableRun]:
    """Returns the runs of a table, seed by seed, each row once a seed, or once a seed and fold.

    All differ from `base` in method, sampling, seed, fold and what their row overrides alone: the same records and
    split, network, schedule and evaluation. Rows of two tables that ask for the same run get the same folder.

    Args:
        table: its rows.
        base: the settings that they share.
        seeds: how many runs a row has; their seeds are 0, 1, ...
        runs: folder of the run folders.
        folds: how many folds take the place of the split of `base`; 0 for none.

    Raises:
        ValueError: The settings of a row make no sense.
    """
    shared: dict[str, Any] = {}
    if any(row.method and TRAITS[row.method].tunes_on_validation for row in table.rows):
        # What one row chooses on the validation part, no row is to be trained on.
        shared["data.train_parts"] = ("train",)
    protocols = [f"fold_{number}_of_{folds}" for number in range(1, folds + 1)] or [base.protocol]
    planned = []
    for seed, protocol in itertools.product(range(seeds), protocols):
        for row in table.rows:
            if row.method is None:
                continue
            own = {**shared, **row.overrides}
            common = replace(base, method=row.method, sampling=row.sampling, seed=seed, protocol=protocol)
            settings = _change(common, own)
            folder = runs / _name(settings, {flag: value for flag, value in own.items() if _get(base, flag) != value})
            settings = replace(settings, run=folder)
            validate(settings)
            planned.append(TableRun(row, settings, folder))
    return planned


def _name(settings: Settings, overrides: Mapping[str, Any]) -> str:
    parts: list[str] = [settings.protocol, settings.method, settings.sampling]
    for flag, value in overrides.items():
        text = "+".join(value) if isinstance(value, tuple) else str(value)
        parts.append(f"{flag.rpartition('.')[2]}={text}")
    return "-".join([*parts, f"seed{settings.seed}"])


def _change(settings: Settings, values: Mapping[str, Any]) -> Settings:
    for flag, value in values.items():
        section, _, name = flag.rpartition(".")
        changed = replace(getattr(settings, section), **{name: value}) if section else value
        settings = replace(settings, **{section or name: changed})
    return settings


def _get(settings: Settings, flag: str) -> Any:
    value: Any = settings
    for part in flag.split("."):
        value = getattr(value, part)
    return value
