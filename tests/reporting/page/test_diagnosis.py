"""What the page tells of stage 1."""

import json
from pathlib import Path

from conbal_tf.reporting.page.document import page
from tests.reporting.page.outline import Outline


def test_diagnosis_of_stage_1_is_told(whole_run: Path) -> None:
    message = "The embeddings have collapsed: <all> alike. Try a higher --contrastive.temperature."
    (whole_run / "diagnosis.json").write_text(json.dumps({"verdict": "collapsed", "epoch": 3, "message": message}))
    assert message in Outline(page([whole_run])).text
