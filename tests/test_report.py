"""`python -m conbal_tf.report`: the file that it writes, and the mistakes that it tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.report import main
from tests.reporting.page.whole_runs import write_whole_run

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("runs")
    return write_whole_run(home / "first", 40), write_whole_run(home / "second", 40, skill=1.0)


def test_one_run_is_written_into_its_folder(runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    main([str(runs[0])])
    assert (runs[0] / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert capsys.readouterr().out.startswith(f"Written: {runs[0] / 'report.html'} (0.")


def test_several_runs_are_written_where_one_is(
    runs: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main([str(run) for run in runs])
    assert "2 runs side by side" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    main([str(runs[0]), "--out", "made/here/page.html"])
    assert (tmp_path / "made" / "here" / "page.html").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["nowhere"], "No finished.json in nowhere"),
        ([], "cannot share a page: received []"),
        (["RUN", "--out", "RUN/metrics.json"], "no place for a page: received the ending '.json'"),
        (["RUN", "--out", "RUN/metrics.json/page.html"], "choose one with --out"),
    ],
)
def test_mistake_is_one_line_and_exit_code_2(
    runs: tuple[Path, Path], flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (runs[0] / "metrics.json").read_bytes()
    with pytest.raises(SystemExit) as stopped:
        main([flag.replace("RUN", str(runs[0])) for flag in flags])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("python -m conbal_tf.report: ")
    assert told.count("\n") == 1
    assert message in told
    assert (runs[0] / "metrics.json").read_bytes() == before


def test_page_that_is_there_stays_when_the_next_one_fails(runs: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("before")
    with pytest.raises(SystemExit):
        main([str(runs[0]), "nowhere", "--out", str(page)])
    assert page.read_text() == "before"


def test_it_needs_no_tensorflow(runs: tuple[Path, Path], tmp_path: Path) -> None:
    script = (
        "import sys; from conbal_tf.report import main; main(sys.argv[1:]); "
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, str(runs[0]), "--out", str(tmp_path / "page.html")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
