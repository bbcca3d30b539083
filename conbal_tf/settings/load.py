"""The settings of a command: defaults < configs/<dataset>.toml < --config FILE < flags. Only here tyro is imported."""

import contextlib
import functools
import io
import operator
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import tyro

from conbal_tf.settings import choices
from conbal_tf.settings.methods import TRAITS
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.shipped import CONFIGS, settings_file
from conbal_tf.settings.toml_file import as_flags, read_toml
from conbal_tf.settings.validate import validate
from tfrecords_tools.surroundings.paths import at_home

SHELLS = ("bash", "fish", "zsh")
Flags = TypeVar("Flags")
_MARKS = (tyro.conf.PositionalRequiredArgs, tyro.conf.FlagCreatePairsOff)


@dataclass(frozen=True)
class Options:
    """Options of the command; they are no settings of the run."""

    config: Path | None = None
    """TOML file whose values come over configs/<dataset>.toml, and under the flags; a bare name, such as
    isic2018_small, is one that comes with the package."""
    overwrite: bool = False
    """Start anew, whatever the run folder holds."""
    stage_1_from: Path | None = None
    """Finished cross_entropy run whose stage 1 is taken instead of trained (crt, tau_norm, logit_adjusted)."""
    debug: bool = False
    """Add the traceback to an error."""


@dataclass(frozen=True)
class SettingsAndOptions:
    """All flags of training."""

    settings: Annotated[tyro.conf.FlagConversionOff[Settings], tyro.conf.arg(name="")]
    options: Annotated[tyro.conf.FlagCreatePairsOff[Options], tyro.conf.arg(name="")] = field(default_factory=Options)


@dataclass(frozen=True)
class _Layers:
    # Plain strings: a wrong name is reported later, with all other flags, in the same words as everywhere.
    config: str | None = None
    dataset: str | None = None


def load(
    arguments: Sequence[str], prog: str, description: str = "", configs: Path = CONFIGS
) -> tuple[Settings, Options]:
    """Returns the settings and options that a command's flags give; without any, those of the data set `digits`.

    Args:
        arguments: flags as the shell hands them over, without the command's name.
        prog: the command as a user types it, for `--help`.
        description: what the command does, for `--help`.
        configs: folder of the files `<dataset>.toml`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A file is no TOML, a value makes no sense, or a flag belongs to another method.
        SystemExit: With code 2 after the flag library's error on stderr, a wrong name or type; with code 0 after
            `--help`.
    """
    layers, _ = tyro.cli(
        _Layers, prog=prog, args=arguments, return_unknown_args=True, use_underscores=True, add_help=False
    )
    config = None if layers.config is None else settings_file(Path(layers.config))
    settings = layered(config, layers.dataset, configs)
    command = tyro.cli(
        SettingsAndOptions,
        prog=prog,
        description=description,
        args=arguments,
        default=SettingsAndOptions(settings),
        use_underscores=True,
    )
    _refuse_flags_of_other_methods(arguments, command.settings.method)
    settings, options = _at_home(command.settings), _at_home(command.options)
    validate(settings)
    return settings, options


def parse(kind: type[Flags], arguments: Sequence[str], prog: str, description: str = "") -> Flags:
    """Returns the flags of a command that trains nothing itself; fields without a default are named without a flag.

    Args:
        kind: a dataclass.
        arguments: as the shell hands them over, without the command's name.
        prog: the command as a user types it, for `--help`.
        description: what the command does, for `--help`.

    Raises:
        SystemExit: With code 2 after one error on stderr, with code 0 after `--help`.
    """
    return _at_home(
        tyro.cli(kind, prog=prog, description=description, args=arguments, use_underscores=True, config=_MARKS)
    )


def completion(commands: Mapping[str, type], prog: str, shell: str) -> str:
    """Returns the script by which a shell completes the commands of one program, and their flags and choices.

    Args:
        commands: the dataclass of the flags of each.
        prog: the program.
        shell: one of SHELLS.

    Raises:
        ValueError: There is no script for that shell.
    """
    if shell not in SHELLS:
        raise ValueError(f"No completion for the shell {shell!r}. Allowed: {', '.join(SHELLS)}. Name one of them.")
    kinds: list[Any] = [Annotated[flags, tyro.conf.subcommand(name)] for name, flags in commands.items()]
    one_of = functools.reduce(operator.or_, kinds)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        tyro.cli(one_of, prog=prog, args=["--tyro-print-completion", shell], use_underscores=True, config=_MARKS)
    # tyro prints an offer in each line, and takes the second line of a description for another.
    return re.sub(r"^COMPLETION_SPEC = .*", lambda spec: re.sub(r"\\+n", " ", spec[0]), printed.getvalue(), flags=re.M)


def layered(config: Path | None, dataset: str | None = None, configs: Path = CONFIGS) -> Settings:
    """Returns the defaults, over them the settings of the data set, over them those of a file; not yet validated.

    Args:
        config: the file.
        dataset: the data set, where it is not the file's.
        configs: folder of the files `<dataset>.toml`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A file is no TOML.
        SystemExit: As `read_settings_file`.
    """
    settings = Settings()
    dataset = dataset or (config and read_toml(config).get("dataset")) or settings.dataset
    if dataset in choices.names(choices.Dataset):  # Any other name is refused by who reads the file or the flags.
        settings = read_settings_file(configs / f"{dataset}.toml", settings)
    return settings if config is None else read_settings_file(config, settings)


def read_settings_file(path: Path, over: Settings | None = None) -> Settings:
    """Returns what a TOML file says over other settings, not yet validated.

    Args:
        path: the file; its tables are the sections of `Settings`.
        over: settings that hold where the file says nothing (the defaults, where None, as for a run's own file, which
            is complete).

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no TOML.
        SystemExit: With code 2 after the flag library's error on stderr: an unknown name or a wrong value.
    """
    flags = as_flags(read_toml(path))
    try:
        # No --help here: a file's `help = 1` is a mistake like any other.
        return tyro.cli(
            tyro.conf.FlagConversionOff[Settings],
            prog=path.name,
            args=flags,
            default=over or Settings(),
            use_underscores=True,
            add_help=False,
        )
    except SystemExit:
        print(f"The mistake is in the file {path}.", file=sys.stderr)
        raise


def _at_home(flags: Flags) -> Flags:
    """Returns settings or flags, the paths among them with ~ expanded."""
    paths = {field.name: at_home(getattr(flags, field.name)) for field in fields(flags)}  # type: ignore[arg-type]
    return replace(flags, **paths)  # type: ignore[type-var]


def _refuse_flags_of_other_methods(arguments: Sequence[str], method: str) -> None:
    # In a file, sections of several methods may stand side by side; as a flag, one is a misunderstanding.
    for argument in arguments:
        flag, _, _ = argument.partition("=")
        section = flag.removeprefix("--").partition(".")[0]
        owners = [owner for owner, traits in TRAITS.items() if section in traits.sections]
        if flag.startswith("--") and owners and method not in owners:
            raise ValueError(
                f"{flag} does not belong to method {method!r}: it is a setting of {', '.join(owners)} alone. "
                f"Leave it out, or choose --method {owners[0]}."
            )
