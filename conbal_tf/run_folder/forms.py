"""The form of each JSON and TOML file of a run: what every version of training and evaluation has written there."""

from collections.abc import Callable, Mapping
from typing import Any

from conbal_tf.run_folder.form import (
    ABOVE_0,
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Columns,
    Each,
    Form,
    Maybe,
    Misfit,
    misfit,
)

# The numbers over all classes; a test keeps them equal to the table of `conbal_tf.metrics.measures`.
ALWAYS = ("accuracy", "macro_f1", "balanced_accuracy")
LATER = (
    "quadratic_weighted_kappa", "major_f1", "middle_f1", "minor_f1", "macro_auc", "macro_average_precision", "log_loss",
    "brier", "ece", "classwise_ece",
)  # fmt: skip
_OVERALL: Mapping[str, Form] = dict.fromkeys(ALWAYS, NUMBER) | {f"{name}?": Maybe(NUMBER) for name in LATER}
_ENDS = Maybe((Maybe(NUMBER), Maybe(NUMBER)))
_INTERVAL: Form = {"percentile?": _ENDS, "bca?": _ENDS}
_OF_CLASS: Form = {
    **dict.fromkeys(("precision", "recall", "f1"), NUMBER),
    "support": COUNT,
    **dict.fromkeys(("specificity?", "auc?", "average_precision?"), Maybe(NUMBER)),
}
_POINT: Form = {
    "positive": [TEXT],
    "specificity": NUMBER,
    **dict.fromkeys(("threshold?", "sensitivity", "achieved_specificity"), Maybe(NUMBER)),
    "chosen_on?": TEXT,
    "trained_on?": TRUTH,
}
_METRICS: Form = {
    "part": TEXT,
    "class_names": [TEXT],
    "train_counts": Each(COUNT),
    "per_class": Each(_OF_CLASS),
    **_OVERALL,
    "confusion_matrix?": [[COUNT]],
    "operating_points?": [_POINT],
    "validation?": {"per_class?": Each({"support": COUNT})},
    "intervals?": {
        "level?": NUMBER,
        "resamples?": COUNT,
        "unit?": TEXT,
        "stratified?": TRUTH,
        "overall?": Each(_INTERVAL),
        "per_class?": Each(Each(_INTERVAL)),
        "operating_points?": [{"sensitivity": _INTERVAL}],
    },
}
_ENVIRONMENT: Form = {
    "dataset": {"fingerprint": TEXT, "ordered?": TRUTH},
    "processor": TEXT,
    "cores": Maybe(COUNT),
    "gpus": [TEXT],
    "packages?": Each(TEXT),
    "commit?": Maybe(TEXT),
    "budget?": [
        {
            "stage": TEXT,
            **dict.fromkeys(("updates", "images", "views", "views_through_backbone"), COUNT),
            "with_gradient": TRUTH,
        }
    ],
}
_SETTINGS: Form = {
    **dict.fromkeys(("dataset", "method", "sampling", "protocol", "records", "images?", "name?"), TEXT),
    **dict.fromkeys(("protocol_seed", "seed"), WHOLE),
    "data": {
        **dict.fromkeys(("record_size", "image_size", "test_size"), COUNT),
        **dict.fromkeys(("test_resize", "augmentation", "crop?"), TEXT),
        **dict.fromkeys(("smallest_crop", "colour_strength"), NUMBER),
        "train_parts": [TEXT],
    },
    "network": {"backbone": TEXT, "width": COUNT, "weights": TEXT},
    # To its last line: a file that was cut off would be read as if it said nothing of the rest.
    "training": {"batch_size": COUNT, "views": COUNT, "length": TEXT, "precision": TEXT},
}
_SCORES = Each(Maybe(NUMBER))
_BINS = Columns({"confidence": NUMBER, "accuracy": NUMBER, "count": COUNT})
_CALIBRATION: Form = {
    "temperature": ABOVE_0,
    "prior_strength": NUMBER,
    "class_prior": Each(ABOVE_0),
    "fitted_on_training?": TRUTH,
    "test": dict.fromkeys(("before", "temperature", "after"), _SCORES),
    "reliability?": {"test": {"before": _BINS, "after": _BINS}},
    "prior_dial?": Columns({"strength": NUMBER, **{f"{name}?": NUMBER for name in ALWAYS}}),
}
_LEAKS: Form = {"leaking": Each(COUNT), "tested": Each(COUNT), "groups": COUNT}
_FLATTERY = Each(NUMBER)

FORMS: dict[str, Form] = {
    "finished.json": {"seconds": NUMBER},
    "time_spent.json": {"seconds": NUMBER},
    "settings.toml": _SETTINGS,
    "environment.json": _ENVIRONMENT,
    "metrics.json": _METRICS,
    "metrics_without_leaks.json": {"leaks": _LEAKS, "flattery": _FLATTERY, "same_class_mix": _FLATTERY},
    "calibration.json": _CALIBRATION,
    "leaks.json": _LEAKS,
    "diagnosis.json": {"message": TEXT},
    "audit.json": {"images": COUNT, "findings": [{"severity": TEXT, "title?": TEXT}]},
}


def fault(name: str, value: Any) -> Misfit | None:
    """Returns what is wrong with what a file holds, None where nothing is.

    Args:
        name: of the file, a key of `FORMS`.
        value: as JSON or TOML is read.
    """
    found = misfit(value, FORMS[name])
    return found or (AGREEMENTS[name](value) if name in AGREEMENTS else None)


def _classes_agree(metrics: Mapping[str, Any]) -> Misfit | None:
    names, counts = metrics["class_names"], metrics["train_counts"]
    allowed = "a file in which each class of class_names has all its numbers"
    if len(set(names)) < max(len(names), 1):
        return Misfit(f"{names} as class_names", "at least one class, each name once")
    for key in ("train_counts", "per_class"):
        if others := sorted(set(metrics[key]) ^ set(names)):
            return Misfit(f"{', '.join(map(repr, others))} in class_names or in {key} alone", allowed)
    if not any(counts.values()):
        return Misfit("no training image of any class in train_counts", "a class with at least one")
    matrix = metrics.get("confusion_matrix")
    if matrix is not None and [len(row) for row in matrix] != [len(names)] * len(names):
        return Misfit(
            f"a confusion_matrix of other size than {len(names)} classes", "a row and a column for each class"
        )
    positives = {name for point in metrics.get("operating_points", ()) for name in point["positive"]}
    if strangers := sorted(positives - set(names)):
        return Misfit(f"{', '.join(map(repr, strangers))} as positive in operating_points", f"some of {names}")
    return None


def _leaks_agree(leaks: Mapping[str, Any]) -> Misfit | None:
    leaking, tested = leaks["leaking"], leaks["tested"]
    if set(leaking) == set(tested) and all(leaking[name] <= tested[name] for name in tested):
        return None
    return Misfit(
        f"{leaking} as leaking and {tested} as tested", "of each class no more leaking images than tested ones"
    )


def _flattery_agrees(scores: Mapping[str, Any]) -> Misfit | None:
    raised, mix = (sorted(scores[key]) for key in ("flattery", "same_class_mix"))
    return _leaks_agree(scores["leaks"]) if raised == mix else Misfit(f"{raised} in flattery", f"{mix}, as the mix has")


# What no form says: values that have to fit one another.
AGREEMENTS: dict[str, Callable[[Mapping[str, Any]], Misfit | None]] = {
    "metrics.json": _classes_agree,
    "leaks.json": _leaks_agree,
    "metrics_without_leaks.json": _flattery_agrees,
}
