"""`python -m conbal_tf.compare RUN_A RUN_B`: whether two trained models differ, or with `--seeds` two methods.

It reads what the runs have answered (predictions.csv), so it takes a minute and no TensorFlow.
"""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conbal_tf.settings.choices import ClassMix
from conbal_tf.settings.comparing import Comparing
from conbal_tf.settings.load import parse
from tfrecords_tools.surroundings.command import run_or_exit
from tfrecords_tools.surroundings.typed import typed

if TYPE_CHECKING:
    from conbal_tf.comparison.sides import Side

PROG = typed("conbal_tf.compare")
DESCRIPTION = (
    "Compares two finished runs on the same test images: paired differences B - A with intervals and tests, and what "
    "can be concluded. Two runs are two trained models; whether methods differ takes several seeds, and --seeds."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags and compares; a user's mistake is one line and exit code 2."""
    run_or_exit(_run, arguments, PROG)


def _run(arguments: list[str]) -> None:
    options = parse(Comparing, arguments, PROG, DESCRIPTION)
    compare(options.run_a, options.run_b, seeds=options.seeds, class_mix=options.class_mix, out=options.out)


def compare(
    run_a: Path, run_b: Path, *, seeds: bool = False, class_mix: ClassMix = "fixed", out: Path | None = None
) -> dict[str, Any]:
    """Returns what a comparison finds, having printed it.

    Args:
        run_a: folder of a finished run.
        run_b: folder of a finished run with the same test images.
        seeds: compare methods: each run stands for all seeds beside it. Where one has a single seed, the two runs are
            compared as models all the same, and the words say so.
        class_mix: whether intervals hold the mix of classes `fixed`, or let it be `varied`.
        out: file for all of it, as JSON.

    Raises:
        FileNotFoundError: A run is not finished, or the folder of `out` is not there.
        ValueError: The runs cannot be compared.
    """
    from conbal_tf.comparison.paired import compare_methods, compare_models
    from conbal_tf.comparison.seeds import LEAST_SEEDS
    from conbal_tf.comparison.sides import read_sides
    from conbal_tf.comparison.table import paired_table
    from conbal_tf.comparison.verdicts import without_claims
    from conbal_tf.comparison.words import is_one_method, sentences
    from conbal_tf.reporting.columns import MAX_WIDTH
    from conbal_tf.run_folder.whole_file import write_whole

    # Before the work, which takes a minute.
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise FileNotFoundError(f"Cannot write {out}: it is a folder, or in none. Name a file in a folder with --out.")
    a, b = read_sides(run_a, run_b, all_seeds=seeds)
    of_methods = seeds and min(len(a.runs), len(b.runs)) >= LEAST_SEEDS
    for name, side in (("A", a), ("B", b)):
        print(f"{name}: {side.runs[0]}" + f", seeds {', '.join(map(str, side.seeds))}" * of_methods, flush=True)
    if of_methods:
        result = compare_methods(a.answers, b.answers, class_mix=class_mix)
    else:
        result = compare_models(a.answers[0], b.answers[0], class_mix=class_mix)
    found = {**_asked(a, b, seeds), **result}
    found = without_claims(found) if is_one_method(found) else found
    found["sentences"] = sentences(found)
    print(f"\n{paired_table(found)}")
    for sentence in found["sentences"]:
        print(f"\n{textwrap.fill(sentence, MAX_WIDTH)}")
    if out is not None:
        write_whole(out, json.dumps(found, indent=2) + "\n")
        print(f"\nWritten: {out}")
    return found


def _asked(a: "Side", b: "Side", seeds: bool) -> dict[str, Any]:
    from conbal_tf.settings.save import differing

    return {
        "asked": "methods" if seeds else "models",
        **{
            name: {"runs": list(map(str, side.runs)), "seeds": list(side.seeds), "unfinished": list(side.unfinished)}
            for name, side in (("a", a), ("b", b))
        },
        "settings_that_differ": {name: list(both) for name, both in differing(a.settings[0], b.settings[0]).items()},
    }


if __name__ == "__main__":
    main()
