"""Every metric as scikit-learn computes it, one weighting at a time."""

import warnings

import numpy as np
from sklearn import metrics as sk

from conbal_tf.metrics.answers import Answers


def of_ranking(answers: Answers, weights: np.ndarray, c: int) -> tuple[float, float]:
    """Returns AUC and average precision of a class, NaN without images of it, or of others."""
    positive, scores = answers.labels == c, answers.probabilities[:, c]
    there = set(positive[weights > 0])
    return (
        sk.roc_auc_score(positive, scores, sample_weight=weights) if len(there) == 2 else np.nan,
        sk.average_precision_score(positive, scores, sample_weight=weights) if True in there else np.nan,
    )


def from_scikit_learn(answers: Answers, weights: np.ndarray) -> dict[str, float | list[float]]:
    """Returns what scikit-learn says, NaN where it has nothing to say."""
    labels, predicted, classes = answers.labels, answers.predicted, range(answers.n_classes)
    given_weights = {"sample_weight": weights}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes without images
        precision, recall, f1, _ = sk.precision_recall_fscore_support(
            labels, predicted, labels=classes, zero_division=0, **given_weights
        )
        # A class that there is, and that the weights leave out, is told nothing of.
        left_out = (np.bincount(labels, weights, answers.n_classes) == 0) & np.isin(classes, labels)
        precision, f1 = (np.where(left_out, np.nan, scores) for scores in (precision, f1))
        specificity = [
            sk.recall_score(labels != c, predicted != c, zero_division=np.nan, **given_weights) for c in classes
        ]
        auc, average_precision = np.transpose([of_ranking(answers, weights, c) for c in classes])
        return {
            "accuracy": sk.accuracy_score(labels, predicted, **given_weights),
            "macro_f1": float(np.nanmean(f1)),
            "balanced_accuracy": sk.recall_score(
                labels, predicted, labels=classes, average="macro", zero_division=np.nan, **given_weights
            ),
            "quadratic_weighted_kappa": float(
                np.nan_to_num(
                    sk.cohen_kappa_score(labels, predicted, labels=classes, weights="quadratic", **given_weights)
                )
            ),
            "macro_auc": np.nanmean(auc) if not np.isnan(auc).all() else np.nan,
            "macro_average_precision": np.nanmean(average_precision),
            "log_loss": sk.log_loss(labels, answers.probabilities, labels=classes, **given_weights),
            "brier": sk.brier_score_loss(
                labels, answers.probabilities, labels=classes, scale_by_half=False, **given_weights
            ),
            "precision": precision,
            "recall": np.where(np.bincount(labels, weights, answers.n_classes) > 0, recall, np.nan),
            "f1": f1,
            "specificity": specificity,
            "auc": auc,
            "average_precision": average_precision,
        }
