"""What tests of interruptions share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of a training that was interrupted in its third epoch; to be read only."""
    from tests.training.made_trainings import Interruption, trained

    run = tmp_path_factory.mktemp("interrupted")
    with pytest.raises(KeyboardInterrupt):
        trained(run, Interruption(10))
    return run
