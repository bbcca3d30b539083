"""`python -m conbal_tf.tables.worker CLAIM TOKEN MODULE ARGUMENTS`: runs a module while a claim holds.

The sign of life comes from the process that does the work, so it goes on as long as the work does, even where the
process that started it was killed.
"""

import os
import runpy
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from conbal_tf.tables.claim import keep

LOST = 75


def main(arguments: Sequence[str]) -> None:
    """Runs the module as `python -m` would; ends the process with `LOST` when another one has taken the claim over."""
    claim, token, module, *rest = arguments
    threading.Thread(target=_end_when_lost, args=(Path(claim), token), daemon=True).start()
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_when_lost(claim: Path, token: str) -> None:
    keep(claim, token)
    print(f"{claim} was removed or taken over by another process. This one stops, so that not both work.", flush=True)
    # At once: whoever has the claim now may be writing into the same folder.
    os._exit(LOST)


if __name__ == "__main__":
    main(sys.argv[1:])
