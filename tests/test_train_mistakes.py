"""A user's mistakes at the main command: one line, exit code 2, at once, and nothing written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.train import main

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["--training.batch_size", "4000"],
            r"batch of 4000 images \(contrastive\) is larger than an epoch, which has 1120",
        ),
        (["--classifier.batch_size", "4000"], r"batch of 4000 images \(classifier\) is larger than an epoch"),
        (["--dataset", "aptos", "--images", "nowhere"], r"nowhere.*python -m tfrecords_tools.build --dataset aptos"),
        (["--contrastive.temperature", "0"], r"temperature"),
        (
            ["--method", "cross_entropy", "--contrastive.temperature", "0.1"],
            r"does not belong to method 'cross_entropy'",
        ),
    ],
)
def test_mistake_is_one_line_and_exit_code_2(
    flags: list[str], message: str, digits_records: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path if "aptos" in flags else digits_records
    with pytest.raises(SystemExit) as stopped:
        main(["--records", str(records), "--run", str(tmp_path / "run"), *flags])
    assert stopped.value.code == 2
    printed = capsys.readouterr().err
    assert re.search(message, printed)
    assert len(printed.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_help_and_wrong_flags_are_answered_without_tensorflow() -> None:
    script = (
        "import sys\nfrom conbal_tf.train import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit as stop:\n"
        "    slow = [name for name in ('tensorflow', 'keras', 'pandas', 'PIL') if name in sys.modules]\n"
        "    print(stop.code, slow)\n"
    )
    for flags, code in ((["--help"], 0), (["--contrastive.temperatur", "1"], 2), (["--dataset", "isic"], 2)):
        command = [sys.executable, "-c", script, *flags]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        assert done.stdout.splitlines()[-1] == f"{code} []"
