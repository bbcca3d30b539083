"""The four layers of settings, and how mistakes in each are reported."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conbal_tf.settings.load import load, read_settings_file
from conbal_tf.settings.schema import Settings
from tfrecords_tools.surroundings.command import run_or_exit

ROOT = Path(__file__).resolve().parents[2]
PROG = "python -m conbal_tf.train"


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "digits.toml").write_text("[training]\nbatch_size = 64\nviews = 1\n[data]\nimage_size = 8\n")
    (folder / "aptos.toml").write_text('dataset = "aptos"\n[training]\nbatch_size = 96\n')
    return folder


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Returns what a refused command prints on stderr, in one line and without the frame around it."""
    with pytest.raises(SystemExit) as stopped:
        run_or_exit(lambda given: load(given, PROG) and None, arguments, PROG)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    frame = r"[│╭╮╰╯─|+]|-{3,}"  # Of lines where the terminal has them, else of dashes.
    return " ".join(re.sub(frame, " ", printed.err).split())


def test_each_layer_comes_over_the_one_below(configs: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "[training]\nviews = 2\n[data]\ntest_size = 9\nimage_size = 10\n")
    flags = ["--config", file, "--data.image_size", "12"]
    settings, options = load(flags, PROG, configs=configs)
    assert settings.training.momentum == Settings().training.momentum  # the default
    assert settings.training.batch_size == 64  # the data set's file
    assert settings.training.views == 2  # --config over it
    assert settings.data.test_size == 9
    assert settings.data.image_size == 12  # the flag over all
    assert options.config == Path(file)


def test_dataset_of_the_file_decides_which_configuration_is_read(configs: Path, tmp_path: Path) -> None:
    settings, _ = load(["--config", write(tmp_path, 'dataset = "aptos"')], PROG, configs=configs)
    assert (settings.dataset, settings.training.batch_size) == ("aptos", 96)


def test_dataset_of_the_flag_comes_over_that_of_the_file(configs: Path, tmp_path: Path) -> None:
    file = write(tmp_path, 'dataset = "digits"')
    settings, _ = load(["--config", file, "--dataset=aptos"], PROG, configs=configs)
    assert (settings.dataset, settings.training.batch_size) == ("aptos", 96)


def test_without_flags_the_settings_are_those_of_digits(configs: Path) -> None:
    assert load([], PROG, configs=configs)[0].dataset == "digits"


def test_file_takes_every_type_of_value(tmp_path: Path) -> None:
    top = 'images = "my data"\nseed = 3\n[network]\nsynchronized_batch_norm = true\n'
    sections = '[data]\ntrain_parts = ["train", "validation"]\n[training]\nlearning_rate = 1e-1\n'
    settings = read_settings_file(Path(write(tmp_path, top + sections)))
    assert settings.images == Path("my data")
    assert settings.seed == 3
    assert settings.network.synchronized_batch_norm is True
    assert settings.data.train_parts == ("train", "validation")
    assert settings.training.learning_rate == 0.1


def test_options_are_no_settings(configs: Path) -> None:
    _, options = load(["--overwrite", "--debug"], PROG, configs=configs)
    assert options.overwrite
    assert options.debug


@pytest.mark.parametrize(
    ("flags", "text", "words"),
    [
        (["--training.batch_siz", "3"], "[training]\nbatch_siz = 3", "Perhaps you meant: --training.batch_size"),
        (["--training.batch_size", "x"], '[training]\nbatch_size = "x"', "Error parsing --training.batch_size"),
        (["--seed", "1.5"], "seed = 1.5", "Error parsing --seed"),
        (["--dataset", "aptoss"], 'dataset = "aptoss"', "invalid choice 'aptoss' for argument '--dataset'"),
        (
            ["--data.train_parts", "trial"],
            '[data]\ntrain_parts = ["trial"]',
            "Expected one of ('train', 'validation', 'test')",
        ),
        (
            ["--network.synchronized_batch_norm", "yes"],
            '[network]\nsynchronized_batch_norm = "yes"',
            "Expected one of ('True', 'False')",
        ),
        (["--training.views", "3"], "[training]\nviews = 3", "training.views is 3; allowed is 1 or 2."),
        (
            ["--training.length", "9"],
            "[training]\nlength = 9",
            "training.length is '9'; allowed is `N epochs` or `N updates`",
        ),
    ],
)
def test_mistake_reads_the_same_in_file_and_flag(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, flags: list[str], text: str, words: str
) -> None:
    from_flag = refused(capsys, *flags)
    from_file = refused(capsys, "--config", write(tmp_path, text))
    assert words in from_flag
    assert words in from_file
    # Beside the advice to ask for --help, and the name of the file, nothing differs.
    ending = re.compile(r" (For full helptext, .*|The mistake is in the file .*)$")
    assert ending.sub("", from_flag) == ending.sub("", from_file)


def test_mistake_in_a_file_names_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "mine.toml" in refused(capsys, "--config", write(tmp_path, "sed = 1"))


@pytest.mark.parametrize("text", ["help = 1", "overwrite = true", "training = 3", "[[network]]\nwidth = 3", '"" = 1'])
def test_file_can_set_nothing_but_settings(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    assert "Unrecognized options" in refused(capsys, "--config", write(tmp_path, text))


def test_missing_file_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(tmp_path, "")
    words = refused(capsys, "--config", str(tmp_path / "min.toml"))
    assert "No settings file" in words
    assert "did you mean" in words
    assert "mine.toml?" in words


def test_malformed_file_is_reported_with_line_and_column(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = refused(capsys, "--config", write(tmp_path, "[training\nviews = 1"))
    assert "is no TOML file" in words
    assert "line 1" in words


def test_flag_of_another_method_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    words = refused(capsys, "--method", "cross_entropy", "--contrastive.temperature=0.1")
    assert "--contrastive.temperature does not belong to method 'cross_entropy'" in words


def test_section_of_another_method_may_stand_in_a_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'method = "cross_entropy"\n[contrastive]\ntemperature = 0.5\n')
    assert load(["--config", file], PROG)[0].contrastive.temperature == 0.5


def test_debug_adds_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Traceback" not in refused(capsys, "--seed", "-1")
    assert "Traceback" in refused(capsys, "--seed", "-1", "--debug")


def test_help_lists_settings_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        load(["--help"], PROG, "Trains a classifier.")
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    for words in ("Trains a classifier.", "--dataset", "--data.image_size", "--contrastive.temperature", "--overwrite"):
        assert words in printed


def test_settings_are_read_without_tensorflow() -> None:
    code = (
        "import sys; from conbal_tf.settings.load import load; load([], 'x'); "
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert printed.stdout.strip() == "[]"
