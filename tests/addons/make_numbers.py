"""Writes numbers.json: what tensorflow-addons answers to small questions, for our own versions to be tested against.

Runs in the environment of the requirements.txt beside it, and nowhere else: README.md has the commands. The packages
are imported inside the functions, so that test collection may import this file without them.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS = Path(__file__).with_name("numbers.json")
Cases = list[dict[str, Any]]


def main() -> None:
    """Asks everything and writes the file, a line for each case."""
    packages = ("tensorflow", "tensorflow-addons", "numpy")
    numbers = {
        "versions": [{package: version(package) for package in packages}],
        "focal": focal(),
        "f1": f1(),
        "kappa": kappa(),
        "sgdw": sgdw(),
        "npairs": npairs(),
    }
    sections = (
        f'"{name}": [\n  ' + ",\n  ".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]"
        for name, cases in numbers.items()
    )
    NUMBERS.write_text("{" + ",\n".join(sections) + "}\n", encoding="utf-8")


def focal() -> Cases:
    """Returns the binary focal loss of each example, under several gamma and alpha; alpha 0 stands for none."""
    import tensorflow_addons as tfa

    random = np.random.default_rng(0)
    logits = rounded([*random.normal(0, 3, 8), -8.0, 0.0, 8.0, 8.0])
    labels = [0, 1] * 6
    cases = []
    for gamma in (0.0, 0.5, 1.0, 2.0, 5.0):
        for alpha in (0.0, 0.25, 0.9):
            # Doubles, and a last axis of one: the loss sums over it.
            losses = tfa.losses.sigmoid_focal_crossentropy(
                np.array(labels, float)[:, None], np.array(logits)[:, None], alpha=alpha, gamma=gamma, from_logits=True
            )
            cases.append(
                {"labels": labels, "logits": logits, "gamma": gamma, "alpha": alpha, "losses": rounded(losses)}
            )
    return cases


def f1() -> Cases:
    """Returns the F1 of each class and its plain mean, for random predictions."""
    import tensorflow_addons as tfa

    cases = []
    for n_classes, labels, predicted in decisions():
        case: dict[str, Any] = {"n_classes": n_classes, "labels": labels, "predicted": predicted}
        for name, average in (("per_class", None), ("macro", "macro")):
            metric = tfa.metrics.F1Score(num_classes=n_classes, average=average)
            metric.update_state(*(np.eye(n_classes, dtype=np.float32)[classes] for classes in (labels, predicted)))
            case[name] = rounded(metric.result())
        cases.append(case)
    return cases


def kappa() -> Cases:
    """Returns Cohen's kappa, unweighted and quadratic, for random predictions; null where it is 0 / 0."""
    import tensorflow_addons as tfa

    questions = [*decisions(), (4, [0, 1, 2, 3, 3, 0], [3, 2, 1, 0, 0, 3]), (3, [2, 2, 2], [2, 2, 2])]
    cases = []
    for n_classes, labels, predicted in questions:
        case: dict[str, Any] = {"n_classes": n_classes, "labels": labels, "predicted": predicted}
        for name, weightage in (("unweighted", None), ("quadratic", "quadratic")):
            metric = tfa.metrics.CohenKappa(num_classes=n_classes, weightage=weightage, sparse_labels=True)
            metric.update_state(np.array(labels), np.array(predicted))
            value = float(metric.result())
            case[name] = None if np.isnan(value) else rounded(value)
        cases.append(case)
    return cases


def decisions() -> list[tuple[int, list[int], list[int]]]:
    """Returns numbers of classes with labels and predictions: some 6 of 10 are right.

    Of five or seven classes the last is true once, and the middle one neither true nor predicted.
    """
    random = np.random.default_rng(1)
    drawn = []
    for n_classes in (2, 5, 7):
        rare, absent = n_classes - 1, n_classes // 2
        common = [c for c in range(n_classes) if n_classes == 2 or c not in (rare, absent)]
        labels = random.choice(common, 40)
        labels[0] = rare
        predicted = np.where(random.random(40) < 0.6, labels, random.choice(common, 40))
        drawn.append((n_classes, labels.tolist(), predicted.tolist()))
    return drawn


def sgdw() -> Cases:
    """Returns three weights after each of six steps, with and without momentum and decay, at one rate and at three."""
    import tensorflow as tf
    import tensorflow_addons as tfa

    random = np.random.default_rng(2)
    first, gradients = rounded(random.normal(size=3)), rounded(random.normal(size=(6, 3)))
    cases = []
    for rates in ([0.1] * 6, [0.4, 0.4, 0.1, 0.1, 0.02, 0.02]):
        for momentum, weight_decay in ((0.9, 0.0), (0.9, 0.01), (0.0, 0.01)):
            weights, optimizer = tf.Variable(first), tfa.optimizers.SGDW(weight_decay, rates[0], momentum)
            after = []
            for rate, gradient in zip(rates, gradients, strict=True):
                optimizer.learning_rate.assign(rate)
                optimizer.apply_gradients([(tf.constant(gradient), weights)])
                after.append(rounded(weights))
            settings = {"momentum": momentum, "weight_decay": weight_decay, "rates": rates}
            cases.append({**settings, "first": first, "gradients": gradients, "after": after})
    return cases


def npairs() -> Cases:
    """Returns the n-pairs loss of the similarities between two views of ten images, at several temperatures."""
    import tensorflow_addons as tfa

    random = np.random.default_rng(3)
    labels = [0, 0, 0, 0, 0, 1, 1, 1, 2, 3]
    views = random.normal(size=(2, len(labels), 4))
    anchors, others = np.array(rounded(views / np.linalg.norm(views, axis=-1, keepdims=True)))
    cases: Cases = []
    for temperature in (0.05, 0.5, 1.0):
        loss = tfa.losses.npairs_loss(np.array(labels), anchors @ others.T / temperature)
        case = {"labels": labels, "temperature": temperature, "loss": rounded(loss)}
        cases.append({**case, "anchors": anchors.tolist(), "others": others.tolist()})
    return cases


def rounded(values: Any) -> Any:
    """Returns numbers as nested lists of seven digits, what a float32 holds.

    >>> rounded([0.123456789, [1e-9 / 3]])
    [0.1234568, [3.333333e-10]]
    """
    if isinstance(values, list | tuple) or np.ndim(values) > 0:
        return [rounded(value) for value in values]
    return float(f"{float(values):.7g}")


if __name__ == "__main__":
    main()
