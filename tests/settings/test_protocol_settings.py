"""Which protocols a run may name, and that they are those that can be split by."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conbal_tf.settings import choices
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.validate import validate
from tfrecords_tools.splits import protocols
from tfrecords_tools.splits.conflicts import CONFLICTS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"protocol": "groupd"},
            r"protocol is 'groupd'; allowed is grouped, paper, official, import, or one fold .*grouped",
        ),
        ({"protocol": "fold_6_of_5"}, r"protocol is 'fold_6_of_5'.*one fold such as fold_3_of_5"),
        ({"protocol": "import"}, r"protocol_file is None; allowed is a CSV with columns id and part.*--protocol_file"),
        ({"protocol_file": Path("a.csv")}, r"protocol_file is 'a.csv'; allowed is nothing with protocol 'grouped'"),
        (
            {"protocol": "paper", "conflicts": "majority"},
            r"conflicts is 'majority'; allowed is 'train' with protocol 'paper'",
        ),
    ],
)
def test_protocol_that_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        validate(replace(Settings(), **changes))


def test_every_protocol_is_one_that_splits_and_they_agree_on_folds() -> None:
    assert {*protocols.PROTOCOLS, protocols.IMPORT} == set(choices.PROTOCOLS)
    assert set(CONFLICTS) == set(choices.names(choices.Conflicts))
    for name in ("fold_1_of_2", "fold_5_of_5", "fold_0_of_5", "fold_6_of_5", "fold_1_of_1", "fold", "fold_01_of_5"):
        try:
            protocols.check_name(name)
            splits = True
        except ValueError:
            splits = False
        assert splits == (choices.fold_of(name) is not None), name
    validate(replace(Settings(), protocol="fold_2_of_5", conflicts="leave_out"))
