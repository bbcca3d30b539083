"""The one door of all commands: what it says, what it imports, and how it hands on."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import conbal_tf
from conbal_tf.__main__ import COMMANDS, main
from conbal_tf.completion import FLAGS

ROOT = Path(__file__).resolve().parents[1]
# What the entry point of the package is, as an installation writes it.
SCRIPT = "import sys\nfrom conbal_tf.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
# Each takes a good part of a second, or seconds.
HEAVY = ("tensorflow", "keras", "pandas", "scipy", "sklearn", "PIL")


def at_the_door(folder: Path, *arguments: str, script: str = SCRIPT) -> subprocess.CompletedProcess[str]:
    """Runs `conbal-tf` in a process of its own, as installed."""
    (folder / "conbal-tf").write_text(script, encoding="utf-8")
    command = [sys.executable, str(folder / "conbal-tf"), *arguments]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)


def test_help_says_what_each_command_is_for_and_version_is_that_of_the_package(tmp_path: Path) -> None:
    told = at_the_door(tmp_path, "--help").stdout
    assert told.startswith("usage: conbal-tf COMMAND")
    assert all(f"  {name} " in told and command.purpose in told for name, command in COMMANDS.items())
    assert max(map(len, told.splitlines())) <= 120
    assert at_the_door(tmp_path, "--version").stdout == f"conbal-tf {conbal_tf.__version__}\n"


def test_help_of_the_door_and_of_every_command_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom conbal_tf.__main__ import COMMANDS, main\nmain(['--help'])\n"
        "print('door:', [name for name in (*sys.argv[1:], 'numpy') if name in sys.modules])\n"
        "for command in COMMANDS:\n"
        "    try:\n        main([command, '--help'])\n"
        "    except SystemExit as stop:\n        assert stop.code in (None, 0), command\n"
        "print('commands:', [name for name in sys.argv[1:] if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith(("door:", "commands:"))] == [
        "door: []",
        "commands: []",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian", "--seed", "1"], "No command 'trian'. Did you mean 'train'? Allowed: train, evaluate, "),
        (["--dataset", "aptos"], "No command '--dataset'. Allowed: train, "),
        ([], "No command was given. Allowed: train, "),
        (["--print-completion"], "--print-completion takes one shell: bash, fish or zsh; received nothing."),
        (["--version", "train"], "--version takes nothing; received train."),
        (["--print-completion", "ksh"], "No completion for the shell 'ksh'. Allowed: bash, fish, zsh."),
    ],
)
def test_mistake_at_the_door_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(f"conbal-tf: {message}")


@pytest.mark.parametrize("command", ["evaluate", "audit"])
def test_errors_and_usage_name_what_was_typed(command: str, tmp_path: Path) -> None:
    failed = at_the_door(tmp_path, command, "nowhere")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith(f"conbal-tf {command}: No ")
    assert f"usage: conbal-tf {command} " in at_the_door(tmp_path, command, "--help").stdout
    module = [sys.executable, "-m", "conbal_tf", command, "nowhere"]
    done = subprocess.run(module, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.startswith(f"python -m conbal_tf {command}: No ")


def test_every_command_is_behind_the_door_with_its_flags_for_a_shell() -> None:
    commands = {path.stem for path in (ROOT / "conbal_tf").glob("*.py") if "def main(" in path.read_text("utf-8")}
    assert set(COMMANDS) == set(FLAGS) == commands - {"__main__"} | {"build", "audit"}
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"] == {
        "conbal-tf": "conbal_tf.__main__:main"
    }


def test_conversion_and_audit_are_shown_no_gpu_and_training_is(tmp_path: Path) -> None:
    script = SCRIPT.replace("sys.exit(main())", "main(); import os; print(os.environ.get('CUDA_VISIBLE_DEVICES'))")
    assert at_the_door(tmp_path, "audit", "nowhere", script=script).stdout == "-1\n"
    assert at_the_door(tmp_path, "--version", script=script).stdout.endswith("None\n")


def test_bash_completes_commands_flags_choices_and_folders(tmp_path: Path) -> None:
    (tmp_path / "complete.bash").write_text(at_the_door(tmp_path, "--print-completion", "bash").stdout, "utf-8")
    asked = {
        "re": "report reproduce",
        "train --contrastive.t": "--contrastive.temperature",
        "train --dataset is": "isic2018",
        "build --crop f": "fundus",
        "audit --st": "--strict",
        "evaluate --pos": "--positive",
        "evaluate ru": "",  # left to bash, which offers what lies there
    }
    tries = "".join(
        f"COMP_WORDS=(conbal-tf {words}); COMP_CWORD={len(words.split())}; "
        'COMPREPLY=(); _conbal_tf_or_files; echo "${COMPREPLY[*]}"\n'
        for words in asked
    )
    script = f"PATH={Path(sys.executable).parent}:$PATH\nsource complete.bash\n{tries}complete -p conbal-tf"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    *offered, registered = done.stdout.splitlines()
    assert dict(zip(asked, offered, strict=True)) == asked
    assert registered == "complete -o bashdefault -o default -F _conbal_tf_or_files conbal-tf"
