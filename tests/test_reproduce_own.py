"""The command that reproduces a table, on data of one's own and over folds."""

from pathlib import Path

import pytest

from conbal_tf.reproduce import main
from tests.table_of_digits import begun, stub_flags
from tests.tables import stub_trainer


def test_own_data_are_compared_with_cross_entropy_over_all_folds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('dataset = "digits"\nmethod = "ldam"\nsampling = "original"\n')
    main(
        ["own", *stub_flags(tmp_path, monkeypatch)[1:], "--config", str(config), "--folds", "3"],
        trainer=stub_trainer.NAME,
    )
    methods = [
        f"fold_{fold}_of_3-{method}-original-seed0" for fold in (1, 2, 3) for method in ("cross_entropy", "ldam")
    ]
    assert begun(tmp_path) == methods
    table = (tmp_path / "runs" / "digits" / "own_data_digits.md").read_text()
    assert "| ldam, original sampling |" in table
    assert table.count("| 3/3 |") == 2
    assert "protocol" not in table
    assert "each of 3 folds" in table


def test_own_data_keep_the_split_of_their_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('dataset = "digits"\nmethod = "cross_entropy"\nsampling = "original"\n')
    main(["own", *stub_flags(tmp_path, monkeypatch)[1:], "--config", str(config)], trainer=stub_trainer.NAME)
    assert begun(tmp_path) == ["grouped-cross_entropy-original-seed0"]
