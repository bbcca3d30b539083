"""A run folder with every file that commands read, and the ways in which files get damaged."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.reporting.page.whole_runs import NAMES, write_json, write_whole_run

OTHER_TYPES = ("[]", '"text"', "null", "3", "true", "[1, 2]", '{"other": 1}')


def write_complete_run(folder: Path) -> Path:
    """Returns a run folder with all files but its networks, having made it."""
    run = write_whole_run(folder, images=80)
    ids = pd.read_csv(run / "predictions.csv")["id"].to_numpy(str)
    np.savez_compressed(run / "embeddings.npz", id=ids, features=np.ones((len(ids), 3), np.float32))
    write_json(run / "time_spent.json", {"seconds": 3.5})
    write_json(run / "diagnosis.json", {"verdict": "healthy", "epoch": 3, "message": "The network learns."})
    leaks = json.loads((run / "leaks.json").read_text())
    flattery = {"accuracy": 0.1, "macro_f1": 0.0}
    write_json(run / "metrics_without_leaks.json", {"leaks": leaks, "flattery": flattery, "same_class_mix": flattery})
    assert set(leaks["tested"]) == set(NAMES)
    return run


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(share * len(content))]


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(255 - byte for byte in content[middle : middle + 20]) + content[middle + 20 :]


# What crashes, full disks and other programs do to any file.
OF_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "blank": lambda content: b"\n",
    "zeros": lambda content: b"\0" * len(content),
    "a tenth of it": _cut(0.1),
    "half of it": _cut(0.5),
    "all but its end": lambda content: content.rstrip()[:-1],
    "not UTF-8": lambda content: content[:5] + b"\xff\xfe\xfa" + content[5:],
    "UTF-16": lambda content: content.decode("utf-8", "replace").encode("utf-16"),
    "other bytes": lambda content: np.random.default_rng(0).bytes(len(content)),
    "bytes flipped": _flipped,
    "another file": lambda content: b"PK\x03\x04 is how an archive begins",
}
OF_JSON: dict[str, Callable[[bytes], bytes]] = {
    f"the JSON {text}": lambda content, text=text: text.encode()  # type: ignore[misc]
    for text in OTHER_TYPES
}
OF_TOML: dict[str, Callable[[bytes], bytes]] = {
    "its first line alone": lambda content: content.split(b"\n")[0] + b"\n",
    "all but its first sections": lambda content: content.split(b"[training]")[0],
    "its first section alone": lambda content: content.split(b"[")[0],
    "a value of another type": lambda content: content.replace(b'"digits"', b"5", 1),
}
OF_TABLES: dict[str, Callable[[bytes], bytes]] = {
    "its head alone": lambda content: content.split(b"\n")[0] + b"\n",
    "another separator": lambda content: content.replace(b",", b";"),
    "a column less": lambda content: content.split(b",", 1)[1],
    "a cell more": lambda content: content.rstrip() + b",3\n",
    "a quote": lambda content: content.rstrip() + b'"\n',
}


def damages(name: str) -> dict[str, Callable[[bytes], bytes]]:
    """Returns what may happen to a file of that name, each a function of its bytes."""
    more = {".json": OF_JSON, ".csv": OF_TABLES, ".toml": OF_TOML}
    return {**OF_BYTES, **more.get(Path(name).suffix, {})}


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Returns the path of each value within an object, the object's own first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, its in inner for place in places(its, (*path, key)))]


def snapshot(run: Path) -> dict[str, bytes]:
    """Returns what is in a folder, file by file."""
    return {os.fspath(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}
