"""`python -m conbal_tf.report RUN [RUN ...]`: finished runs as one page that needs no network and no server.

It reads what training and evaluation left in the run folders, so it takes seconds and no TensorFlow. What a run lacks
is left out, and the page says which command makes it.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from conbal_tf.run_folder.lock import held
from conbal_tf.settings.load import parse
from conbal_tf.settings.reporting import Reporting
from tfrecords_tools.surroundings.command import run_or_exit
from tfrecords_tools.surroundings.typed import typed

PROG = typed("conbal_tf.report")
DESCRIPTION = "Writes one HTML file that shows a finished run, or several side by side: open it in any browser."
NAME = "report.html"


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and writes the page; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG)


def _run(arguments: list[str]) -> None:
    options = parse(Reporting, arguments, PROG, DESCRIPTION)
    # What is written elsewhere disturbs no run, and what is written here appears whole.
    with held(options.runs[0], PROG) if options.out is None and len(options.runs) == 1 else nullcontext():
        out = report(options.runs, options.out)
    print(f"Written: {out} ({out.stat().st_size / 1e6:.1f} MB)")


def report(runs: Sequence[Path], out: Path | None = None) -> Path:
    """Returns the file that it writes: the page of one run, or of several side by side.

    Args:
        runs: folders of finished runs.
        out: the file (default: in the run's folder for one, in the current folder for several); one that is there is
            replaced, whole or not at all.

    Raises:
        FileNotFoundError: A run is not finished.
        ValueError: A file of a run cannot be read, the runs cannot share a page, or the file cannot be written.
    """
    # Here, since `--help` and a mistake in a flag do without.
    from conbal_tf.reporting.page.document import page
    from conbal_tf.run_folder.whole_file import write_whole

    file = out or (runs[0] / NAME if len(runs) == 1 else Path(NAME))
    if file.suffix not in (".html", ".htm") or file.is_dir():
        received = "a folder" if file.is_dir() else f"the ending {file.suffix!r}"
        raise ValueError(
            f"{file} is no place for a page: received {received}. "
            f"Allowed is a file that ends in .html; give one with --out, as --out {NAME}."
        )
    text = page(runs)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)
    except OSError as error:
        raise ValueError(
            f"Cannot write {file}: {error.strerror}. Allowed is a file in a folder where you may write; choose one "
            "with --out."
        ) from error
    return file


if __name__ == "__main__":
    main()
