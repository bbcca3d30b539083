"""Which stages of a run are trained: those whose results are not there."""

from pathlib import Path

import pytest

from conbal_tf.data.split import SplitRecords
from conbal_tf.run.course import train_what_is_missing
from conbal_tf.run.plan import plan_run
from conbal_tf.settings.schema import Settings


def test_classifier_that_was_lost_after_its_only_stage_is_missed_and_no_other_is_trained(
    digits: SplitRecords, tmp_path: Path
) -> None:
    settings = Settings(method="cross_entropy")
    (tmp_path / "backbone.keras").touch()
    with pytest.raises(FileNotFoundError, match=r"No classifier\.keras"):
        train_what_is_missing(settings, plan_run(settings, digits, replicas=1), digits, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["backbone.keras"]
