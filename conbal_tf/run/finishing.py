"""What a trained classifier leaves in its run folder: answers, scores, calibration, pictures, the served model."""

from pathlib import Path

from conbal_tf.data.pipeline import TestView
from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation.explanations import Examined, explain
from conbal_tf.evaluation.predictions import evaluate
from conbal_tf.evaluation.tensorboard import write_pictures, write_projector
from conbal_tf.networks.heads import load_classifier
from conbal_tf.reporting.calibration_table import calibration_table
from conbal_tf.reporting.run_folder import draw
from conbal_tf.reporting.table import metrics_table
from conbal_tf.scores.calibration import calibrate
from conbal_tf.serving.export import export
from conbal_tf.settings.schema import Settings
from conbal_tf.training.callbacks import Countdown


def evaluate_and_export(settings: Settings, data: SplitRecords, run: Path) -> None:
    """Scores validation and test, writes tables and pictures, and exports the served model.

    Args:
        settings: of the run.
        data: the records under the protocol.
        run: run folder, with classifier.keras and history.csv.
    """
    shown, parts = settings.data, settings.data.train_parts
    view = TestView(shown.test_size, shown.test_resize)
    classifier = load_classifier(run / "classifier.keras", len(data.records.class_names))
    metrics = evaluate(classifier, data, view, run, parts, dataset=settings.dataset)
    print(metrics_table(metrics))
    print(f"\n{calibration_table(calibrate(run))}", flush=True)
    explain(Examined(classifier, data, view, parts), run, progress=Countdown)
    write_pictures(run, draw(run))
    write_projector(run)
    where = run / "export" / "1"
    names, size = data.records.class_names, shown.record_size
    export(classifier, names, view, size, where, crop=shown.crop, bits=settings.bits)
