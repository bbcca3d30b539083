"""Settings as TOML text, the differences between two runs' settings, and where a run lives by default."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w

from conbal_tf.settings.choices import OWN_IMAGES
from conbal_tf.settings.methods import unused_sections
from conbal_tf.settings.own_images import SAID
from conbal_tf.settings.schema import Settings

# Where things lie changes no result, nor does whether a word was taken for a name: records are of what was taken. The
# number of replicas changes batch norm's statistics unless it is synchronised,
# but a run that was begun on one machine is to be finished on another all the same.
_CHANGES_NO_RESULT = ("images", "labels", "records", "run", "replicas", "protocol_file", "keep_missing")


def to_toml(settings: Settings) -> str:
    """Returns the resolved settings as TOML: read as `--config`, they repeat the run.

    Settings that are None and the sections of other methods are left out.
    """
    return tomli_w.dumps(_as_table(settings))


def differences(there: Settings, here: Settings) -> list[str]:
    """Returns what differs between the settings of a run folder and those of this command, a line for each setting.

    Places (images, labels, records, run, protocol_file), replicas and the sections of methods that not both use are
    ignored.

    >>> differences(Settings(seed=1), Settings(seed=2))
    ['seed: 1 there, 2 here']
    """
    return [f"{name}: {values[0]} there, {values[1]} here" for name, values in differing(there, here).items()]


def differing(there: Settings, here: Settings) -> dict[str, tuple[Any, Any]]:
    """Returns the settings that differ, as `differences` does, with both values of each.

    >>> differing(Settings(seed=1), Settings(seed=2))
    {'seed': (1, 2)}
    """
    values_there, values_here = (_flat(_as_table(settings)) | _of_own_images(settings) for settings in (there, here))
    return {
        name: (values_there[name], values_here[name])
        for name in values_there
        if name in values_here and name not in _CHANGES_NO_RESULT and values_there[name] != values_here[name]
    }


def default_run_folder(settings: Settings) -> Path:
    """Returns the run folder of settings that name none.

    >>> default_run_folder(Settings()).as_posix()
    'runs/digits/grouped-contrastive-balanced-seed0'
    """
    name = f"{settings.protocol}-{settings.method}-{settings.sampling}-seed{settings.seed}"
    return Path("runs") / settings.data_name / name


def _as_table(settings: Settings) -> dict[str, Any]:
    others = unused_sections(settings.method)
    return {name: _plain(value) for name, value in asdict(settings).items() if name not in others and value is not None}


def _of_own_images(settings: Settings) -> dict[str, Any]:
    """Returns what decides which images a run is of, with what is not said: a name may come from the folder's."""
    if settings.dataset not in OWN_IMAGES:
        return {}
    said = {name: getattr(settings, name) for name in SAID if name not in _CHANGES_NO_RESULT}
    return said | {"name": settings.data_name}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, tuple):
        return list(value)
    return value.as_posix() if isinstance(value, Path) else value


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat
