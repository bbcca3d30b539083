"""A user's mistakes at the command that reproduces: one line, exit code 2, and nothing is trained."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conbal_tf.reproduce import main, reproduce
from conbal_tf.settings.load import CONFIGS, read_settings_file
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings
from conbal_tf.tables.paper import TABLES
from tests.reporting.run_folders import write_run
from tests.tables import stub_trainer

ROOT = Path(__file__).resolve().parents[1]
NAME = "paper-cross_entropy-original-seed0"
Refused = Callable[..., str]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Returns a function from flags to the line with which `reproduce table1 --small` refuses them."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("STUB_CALLS", str(tmp_path / "calls.txt"))

    def line(*flags: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            arguments = ["table1", "--small", "--seeds", "1", "--runs", str(tmp_path / "runs"), *flags]
            main(arguments, TABLES, stub_trainer.NAME)
        assert stopped.value.code == 2
        printed = capsys.readouterr().err
        assert len(printed.splitlines()) == 1
        assert printed.startswith("python -m conbal_tf.reproduce: ")
        assert not (tmp_path / "calls.txt").exists()
        return printed

    return line


def planned(tmp_path: Path) -> tuple[Path, Settings]:
    """Returns folder and settings of the first run."""
    base = read_settings_file(CONFIGS / "isic2018_small.toml", read_settings_file(CONFIGS / "isic2018.toml"))
    return tmp_path / "runs" / "isic2018_small" / NAME, replace(
        base, method="cross_entropy", sampling="original", protocol="paper"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--seeds", "0"], r"seeds is 0; allowed is 1 or more"),
        (["--seeds", "-3"], r"seeds is -3"),
        (["--folds", "1"], r"folds is 1; allowed is 2 or more, or 0 for one split"),
        (
            ["--rows", "CE", "CL+resample"],
            r"table1 trains no row 'CL\+resample'\. Did you mean 'CL \+ resample'\? Allowed",
        ),
        (["--rows", "DANIL"], r"trains no row 'DANIL'\. Allowed in --rows: 'CE', 'Focal loss', "),
        (["--config", "configs/isic2018_smal.toml"], r"No settings file .*did you mean configs/isic2018_small.toml\?"),
        (["--config", "configs/aptos.toml"], r"aptos.toml is for data set 'aptos'; table1 is of 'isic2018'"),
        (["--cpus", "2"], r"cpus is 2; allowed is 0 without --cluster"),
        (["--cpus", "-2", "--cluster", "auto"], r"cpus is -2; allowed is 0 or more"),
        (["--cluster", "ray://head:10001"], r"--cluster ray://head:10001(: Ray Client|.*needs Ray, which)"),
        (["--replicas", "-1"], r"replicas is -1"),
        (["--replicas", "7"], r"a multiple of the 7 replicas"),
        (["--records", "nowhere"], r"No records of 'isic2018' at px40/3.0.0 in nowhere.*Get the images from"),
        (["--runs", "README.md/runs"], r"Cannot write into README.md/runs/isic2018_small: Not a directory"),
    ],
)
def test_mistake_is_answered_before_anything_is_trained(changes: list[str], message: str, refused: Refused) -> None:
    assert re.search(message, refused(*changes))


@pytest.mark.parametrize(
    ("name", "hint"),
    [("tabel1", "Did you mean 'table1'? "), ("beyond_apto", "Did you mean 'beyond_aptos'? "), ("x", "")],
)
def test_unknown_table_is_answered_with_the_nearest(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=re.escape(f"No table '{name}'. {hint}Allowed: table1, table2,")):
        reproduce(Reproduction(name, runs=tmp_path / "runs"))


def test_debug_adds_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    for flags in (["tabel1"], ["table1", "--config", "none.toml"]):
        with pytest.raises(SystemExit):
            main([*flags, "--debug"])
        assert "Traceback" in capsys.readouterr().err


def test_run_with_other_settings_is_named_with_the_difference(refused: Refused, tmp_path: Path) -> None:
    folder, settings = planned(tmp_path)
    write_run(folder, replace(settings, protocol_seed=5))
    message = rf"{folder} holds a run with other settings: protocol_seed: 5 there, 0 here\. .* move that one away\.\n$"
    assert re.search(message, refused())


def test_folder_that_is_no_run_is_named(refused: Refused, tmp_path: Path) -> None:
    folder, _ = planned(tmp_path)
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text("{}")
    assert re.search(rf"{folder} exists and is no run folder .*\. Choose another folder with --runs", refused())


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("metrics.json", "{", r"metrics\.json cannot be read"),
        ("finished.json", "", r"finished\.json cannot be read"),
        ("settings.toml", "=", r"is no TOML file"),
    ],
)
def test_damaged_finished_run_is_named(file: str, text: str, message: str, refused: Refused, tmp_path: Path) -> None:
    folder, settings = planned(tmp_path)
    (write_run(folder, settings) / file).write_text(text)
    printed = refused()
    assert re.search(message, printed)
    assert str(folder) in printed


def test_images_that_are_no_download_are_one_error(refused: Refused, tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    (images / "notes.txt").write_text("no label table")
    printed = refused("--records", str(tmp_path / "none"), "--images", str(images))
    assert str(images) in printed


def test_help_and_mistakes_are_answered_without_tensorflow() -> None:
    script = (
        "import sys\nfrom conbal_tf.reproduce import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit as stop:\n"
        "    slow = [name for name in ('tensorflow', 'keras', 'pandas', 'PIL') if name in sys.modules]\n"
        "    print(stop.code, slow)\n"
    )
    for flags, expected in ((["--help"], 0), (["tabel1"], 2), (["table1", "--seed", "1"], 2)):
        done = subprocess.run([sys.executable, "-c", script, *flags], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout.splitlines()[-1] == f"{expected} []"
        assert expected or "Exit code: 0 when all runs are finished, 1 when" in " ".join(done.stdout.split())


def test_own_data_without_their_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"own needs the settings of your data set: --config FILE"):
        reproduce(Reproduction("own", runs=tmp_path / "runs"))
