"""Stage 1 taken from another run, for methods that begin where cross-entropy ends. Imports no TensorFlow."""

from pathlib import Path

from conbal_tf.run.lifetime import FINISHED
from conbal_tf.run_folder.whole_file import write_whole
from conbal_tf.settings.load import read_settings_file
from conbal_tf.settings.methods import stage_1_of
from conbal_tf.settings.save import differences
from conbal_tf.settings.schema import Settings


def check_stage_1(run: Path, source: Path, settings: Settings) -> None:
    """Refuses a run whose stage 1 is not what these settings would train; changes nothing.

    Args:
        run: folder of the run that is to take a stage 1.
        source: folder of the run that is to give it.
        settings: of the run that is to take it.

    Raises:
        ValueError: The method trains a stage 1 of its own, or the source is this run, is not finished or has other
            settings.
    """
    wanted = stage_1_of(settings.method, settings.logit_adjusted.form)
    if wanted == settings.method:
        raise ValueError(
            f"Method {settings.method!r} has a stage 1 of its own: there is none to take from {source}. "
            "Leave --stage_1_from out."
        )
    if source.resolve() == run.resolve():
        raise ValueError(f"{source} is the folder of this run itself. Give this one another folder with --run.")
    if not (source / FINISHED).exists():
        raise ValueError(f"{source} is no finished run, so its stage 1 cannot be taken. Finish it, or name another.")
    there = read_settings_file(source / "settings.toml")
    # The methods differ by their nature; whether one's stage 1 is the other's is asked below.
    others = [line for line in differences(there, settings) if not line.startswith("method: ")]
    if there.method != wanted:
        others.insert(0, f"method: {there.method} there, and {settings.method} begins with {wanted}")
    if others:
        raise ValueError(
            f"Stage 1 of {source} is not that of this run: {'; '.join(others)}. "
            "Name a run with the same settings, or leave --stage_1_from out."
        )


def adopt_stage_1(run: Path, source: Path) -> None:
    """Copies what stage 1 of a checked run left: its backbone, its classifier as stage_1.keras, its log.

    Args:
        run: the folder that takes it; nothing is copied where it has a backbone already.
        source: the folder that gives it.
    """
    if (run / "backbone.keras").exists():
        return
    (run / "logs").mkdir(exist_ok=True)
    for log in (source / "logs").glob("*.csv"):
        write_whole(run / "logs" / log.name, log.read_bytes())
    # The backbone last: it is the sign that stage 1 is done.
    for name, copied in (("classifier.keras", "stage_1.keras"), ("backbone.keras", "backbone.keras")):
        write_whole(run / copied, (source / name).read_bytes())
