"""The files of a table after some of its runs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conbal_tf.tables.progress import Progress
from conbal_tf.tables.results import row_runs, write_results
from tests.reporting.run_folders import metrics, write_run
from tests.tables.planned import CE, CL, FOCAL, TABLE, runs


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    """Returns runs of two seeds: CE is finished, Focal loss has failed and CL has not been tried, each but for one."""
    planned = runs(tmp_path, seeds=2)
    progress = Progress(planned)
    ce, focal, _, ce_again, focal_again, cl_again = planned
    write_run(ce.folder, ce.settings, metrics(accuracy=0.7))
    write_run(ce_again.folder, ce_again.settings, metrics(accuracy=0.8))
    progress.note_failure(focal, "no such luck")
    write_run(focal_again.folder, focal_again.settings)
    write_run(cl_again.folder, cl_again.settings)
    # Of an earlier try: what is finished has not failed.
    progress.note_failure(cl_again, "no such luck")
    return progress


def test_rows_have_their_finished_runs_and_the_reasons_of_the_failed(progress: Progress) -> None:
    ce, focal, cl, reported = row_runs(TABLE, progress)
    planned = progress.planned
    assert (ce.row, ce.runs, ce.failed, ce.planned) == (CE, (planned[0].folder, planned[3].folder), (), 2)
    assert (focal.row, focal.runs, focal.failed) == (FOCAL, (planned[4].folder,), ("no such luck",))
    assert (cl.row, cl.runs, cl.failed) == (CL, (planned[5].folder,), ())
    assert (reported.runs, reported.planned) == ((), 0)


def test_table_is_written_with_what_there_is(progress: Progress, tmp_path: Path) -> None:
    files = write_results(TABLE, progress, tmp_path)
    assert [file.name for file in files] == ["table_0_digits.md", "table_0_digits.csv"]
    text = files[0].read_text()
    assert ".750 ± .071" in text
    assert "1/2, failed: no such luck" in text
    assert pd.read_csv(files[1])["finished"].tolist() == [2, 1, 1, 0]
    assert not list(tmp_path.glob("*unfinished*"))


@pytest.mark.parametrize("picture", ["classes", "temperatures"])
def test_picture_is_drawn_once_there_is_something_to_show(picture: str, progress: Progress, tmp_path: Path) -> None:
    row = replace(CE, overrides={"contrastive.temperature": 0.05}, method="contrastive", sampling="balanced")
    table = replace(
        TABLE,
        rows=(row,),
        metrics=("major_f1", "middle_f1", "minor_f1", "macro_f1"),
        picture=picture,  # type: ignore[arg-type]
    )
    nothing = Progress([replace(run, row=row) for run in progress.planned if run.settings.method == "none"])
    assert len(write_results(table, nothing, tmp_path)) == 2
    one = Progress([replace(progress.planned[5], row=row)])
    files = write_results(table, one, tmp_path)
    assert [file.suffix for file in files] == [".md", ".csv", ".png"]
    assert files[2].read_bytes().startswith(b"\x89PNG")


def test_several_may_write_at_once(progress: Progress, tmp_path: Path) -> None:
    progress.finished()  # Settings are read one after the other: the flag library minds threads.
    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(lambda _: write_results(TABLE, progress, tmp_path), range(12)))
    assert all(files == written[0] for files in written)
    assert written[0][0].read_text().startswith("# Table 0")


def test_finished_run_that_lacks_a_file_is_named(progress: Progress, tmp_path: Path) -> None:
    (progress.planned[0].folder / "metrics.json").unlink()
    with pytest.raises(FileNotFoundError, match=f"No metrics.json in {progress.planned[0].folder}"):
        write_results(TABLE, progress, tmp_path)
