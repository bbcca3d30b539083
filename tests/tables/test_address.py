"""What `--cluster` means, and what is said of a cluster that is not there."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from conbal_tf.tables import address as module
from conbal_tf.tables.address import address_of, refuse_unless_it_answers

pytest.importorskip("ray", reason="needs Ray: pip install -r requirements-dev.txt")


@pytest.fixture(autouse=True)
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the file in which `ray start` tells of the cluster that it has begun; none has."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    (tmp_path / "ray").mkdir()
    return tmp_path / "ray" / "ray_current_cluster"


@pytest.fixture
def deaf() -> Iterator[str]:
    """Returns an address where somebody listens who never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_auto_is_what_the_environment_names_else_what_was_started_here_else_this_machine(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [address_of(flag).value for flag in ("10.0.0.1:6379", "local", "auto")] == [
        "10.0.0.1:6379",
        "local",
        "local",
    ]
    started.write_text("10.0.0.2:6379")
    assert address_of("auto").value == "10.0.0.2:6379"
    for named, meant in {"10.0.0.3:6379": "10.0.0.3:6379", "local": "local", "auto": "10.0.0.2:6379"}.items():
        monkeypatch.setenv("RAY_ADDRESS", named)
        assert [address_of(flag).value for flag in ("local", "auto")] == ["local", meant]


@pytest.mark.parametrize(
    ("flag", "why"),
    [
        ("ray://10.0.0.1:10001", r"Ray Client \(ray://\) is not used: give this command on a node of the cluster"),
        ("nonsense", "Invalid address format: nonsense"),
    ],
)
def test_what_is_no_address_of_a_cluster_is_refused_with_what_is_allowed(flag: str, why: str) -> None:
    told = rf"No Ray cluster at --cluster {flag}: {why}\. Allowed are HOST:PORT .*, auto and local\. Start or join one"
    with pytest.raises(ValueError, match=told):
        refuse_unless_it_answers(address_of(flag))


@pytest.mark.parametrize("source", ["flag", "environment", "file"])
def test_silence_is_told_soon_and_blamed_on_what_named_the_address(
    source: str, deaf: str, started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWERS_WITHIN", 1.5)
    if source == "environment":
        monkeypatch.setenv("RAY_ADDRESS", deaf)
    if source == "file":
        started.write_text(deaf)
    blamed, remedy = {
        "flag": (f"--cluster {deaf}", r"Start or join one on this machine \(ray start\)"),
        "environment": (f"RAY_ADDRESS={deaf}, which --cluster auto takes", "Correct or unset RAY_ADDRESS"),
        "file": (f"{deaf}, which {started} tells as that of this machine", rf"ray stop, or remove {started}\)"),
    }[source]
    told = rf"^No Ray cluster at {blamed}: nothing answered within 2 s\. .*{remedy}, or train .*\(--cluster local\)\.$"
    with pytest.raises(ValueError, match=told):
        refuse_unless_it_answers(address_of(deaf if source == "flag" else "auto"))
