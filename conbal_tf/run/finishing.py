"""What a trained classifier leaves in its run folder: answers, scores, calibration, pictures, the served model."""

from pathlib import Path

from conbal_tf.data.pipeline import TestView
from conbal_tf.data.split import SplitRecords
from conbal_tf.evaluation.explanations import Examined, explain
from conbal_tf.evaluation.predictions import write_predictions
from conbal_tf.evaluation.tensorboard import write_pictures, write_projector
from conbal_tf.networks.heads import load_classifier
from conbal_tf.reporting.calibration_table import calibration_table
from conbal_tf.reporting.figures import draw
from conbal_tf.reporting.table import metrics_table
from conbal_tf.run.plan import RunPlan
from conbal_tf.run_folder.class_order import is_ordered
from conbal_tf.scores.aims import aims_of
from conbal_tf.scores.calibration import calibrate
from conbal_tf.scores.metrics_file import score_run
from conbal_tf.serving.export import export
from conbal_tf.settings.schema import Settings
from conbal_tf.training.callbacks import Countdown


def evaluate_and_export(settings: Settings, plan: RunPlan, data: SplitRecords, run: Path) -> None:
    """Scores validation and test, writes tables and pictures, and exports the served model.

    Args:
        settings: of the run.
        plan: of the run.
        data: the records under the protocol.
        run: run folder, with classifier.keras and history.csv.
    """
    shown, names = settings.data, plan.class_names
    # In this order: each step reads what those before it have written into the run folder.
    view = TestView.of(shown)
    classifier = load_classifier(run / "classifier.keras", len(names))
    write_predictions(classifier, data, view, run)
    aims = aims_of(settings.dataset, names, shown.train_parts)
    ordered = is_ordered(settings.dataset, names, data.records.facts)
    print(metrics_table(score_run(run, plan.train_counts, aims, ordered=ordered)))
    print(f"\n{calibration_table(calibrate(run))}", flush=True)
    explain(Examined(classifier, data, view, shown.train_parts), run, progress=Countdown)
    write_pictures(run, draw(run))
    write_projector(run)
    where = run / "export" / "1"
    export(classifier, names, view, shown.record_size, where, crop=shown.crop, bits=settings.bits)
