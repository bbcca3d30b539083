"""What comparisons of two models and of two methods find, made up."""

from typing import Any

from conbal_tf.comparison.measures import COMPARED


def entry(
    a: float, b: float, half: float = 0.01, p: float = 0.001, verdict: str = "not told apart", **more: float
) -> dict[str, Any]:
    """Returns an entry whose interval is as wide as `half` to both sides."""
    interval = [b - a - half, b - a + half]
    return {
        "a": a,
        "b": b,
        "difference": b - a,
        "interval": interval,
        "p": p,
        "p_holm": 2 * p,
        "verdict": verdict,
        **more,
    }


def models(**others: Any) -> dict[str, Any]:
    """Returns a comparison of two runs: B better in accuracy and in log loss, A in the recall of a class."""
    overall = {name: entry(0.5, 0.501, p=0.3) for name in COMPARED}
    overall["accuracy"] = entry(0.70, 0.75, verdict="B better")
    overall["log_loss"] = entry(0.90, 0.80, verdict="B better")
    return {
        "question": "models",
        "asked": "models",
        "a": {"runs": ["runs/a-seed0"], "seeds": [0], "unfinished": []},
        "b": {"runs": ["runs/b-seed0"], "seeds": [0], "unfinished": []},
        "settings_that_differ": {"method": ["cross_entropy", "contrastive"]},
        "images": 3004,
        "groups": 2731,
        "overall": overall,
        "per_class": {
            "rare": {"support": 34, "recall": entry(0.6, 0.3, verdict="A better"), "f1": entry(0.4, 0.4, p=0.4)},
            "common": {"support": 2011, "recall": entry(0.8, 0.8, p=0.4), "f1": entry(0.8, 0.8, p=0.4)},
        },
        "mcnemar": {
            "both": 1875, "only_a": 233, "only_b": 179, "neither": 717, "p": 0.0089, "images_that_share_a_group": 526,
        },
        **others,
    }  # fmt: skip


def methods(**others: Any) -> dict[str, Any]:
    """Returns a comparison of 3 seeds of A with 4 of B."""
    more = {"deviation_a": 0.004, "deviation_b": 0.012, "of_seeds": 0.5, "degrees_of_freedom": 3.2}
    base = models()
    del base["mcnemar"]
    for its in (base["overall"], *base["per_class"].values()):
        its.update({name: {**value, **more} for name, value in its.items() if name != "support"})
    seeds = {
        name: {"runs": [f"runs/{name}-seed{seed}" for seed in range(n)], "seeds": list(range(n)), "unfinished": []}
        for name, n in (("a", 3), ("b", 4))
    }
    return {**base, "question": "methods", "asked": "methods", **seeds, **others}
