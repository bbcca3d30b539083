"""The package as it is installed: what the wheel holds, and the main job without the checkout."""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import conbal_tf
from tests.conftest import MadeOnce

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("conbal_tf", "tfrecords_tools")
FILES = ("pyproject.toml", "MANIFEST.in", "requirements.txt", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff")
SHORT = shlex.split(
    "--data.record_size 16 --data.image_size 16 --data.test_size 16 --network.width 4 --training.batch_size 8 "
    "--training.length '3 updates' --training.warmup '1 updates' --classifier.length '3 updates' "
    "--classifier.batch_size 8 --classifier.cached_views 1 --run run"
)
Installed = Callable[..., str]


@pytest.fixture(scope="session")
def wheel(made_once: MadeOnce) -> Path:
    """Returns a wheel, built as `make check` does, in a copy of the checkout: what earlier builds left has no part."""

    def fill(folder: Path) -> None:
        for name in FILES:
            shutil.copy(ROOT / name, folder)
        left = shutil.ignore_patterns("__pycache__")
        for name in (*PACKAGES, "configs"):  # conbal_tf/configs stays the link that it is, or its build were not tried
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=left)
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    (built,) = (made_once("wheel", fill) / "dist").glob("*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Installed:
    """Returns a function that runs a program of an environment that has the wheel, in an empty folder.

    The environment sees the libraries of this Python, and not the checkout.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / "bin"
    install = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"]
    subprocess.run([*install, "--no-index", "--no-deps", "-q", str(wheel)], check=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(program: str, *arguments: str) -> str:
        done = subprocess.run(
            [programs / program, *arguments], cwd=home, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_wheel_holds_all_of_both_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    settings = {f"conbal_tf/configs/{path.name}" for path in (ROOT / "configs").glob("*.toml")}
    assert len(settings) >= 9
    modules = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert held == modules | settings  # rglob does not look into conbal_tf/configs, which is a link
    for kind in (".toml", ".css", ".js", "py.typed"):
        assert any(name.endswith(kind) for name in held), kind


def test_wheel_needs_what_requirements_name_and_tells_the_version(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = message_from_bytes(archive.read(name))
    assert told["Version"] == conbal_tf.__version__
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    needs = {Requirement(need) for need in told.get_all("Requires-Dist", []) if "extra ==" not in need}
    assert needs == {Requirement(line) for line in lines if not line.startswith("#")}


@pytest.mark.slow
def test_installed_package_does_the_main_job_without_the_checkout(installed: Installed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert str(tmp_path / "venv") in installed("python", "-c", "import conbal_tf; print(conbal_tf.__file__)")
    every = "import conbal_tf as cb; print([name for name in cb.__all__ if getattr(cb, name) is None])"
    assert installed("python", "-c", every) == "[]\n"
    installed("conbal-tf", "train", *SHORT)
    assert (home / "run" / "finished.json").exists()
    installed("python", "-m", "conbal_tf.report", "run")
    assert (home / "run" / "report.html").stat().st_size > 100_000
    assert "isic2018_small" in installed("conbal-tf", "reproduce", "table1", "--small", "--dry_run")


@pytest.mark.slow
def test_type_checker_sees_the_installed_package(installed: Installed, tmp_path: Path) -> None:
    users = tmp_path / "home" / "mine.py"
    users.write_text((ROOT / "tests" / "public_use.py").read_text("utf-8"), encoding="utf-8")
    check = (
        "python",
        "-m",
        "mypy",
        "--config-file=",
        "--ignore-missing-imports",
        "--disallow-untyped-calls",
        "mine.py",
    )
    assert "Success" in installed(*check)
    users.write_text('import conbal_tf as cb\ncb.balanced_batches([], "4")\n', encoding="utf-8")
    with pytest.raises(AssertionError, match=r'has incompatible type "str"; expected "int"'):
        installed(*check)
