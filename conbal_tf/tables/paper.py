"""The paper's tables and those beyond it: which runs make a row, and the numbers that the paper reports for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conbal_tf.settings import choices
from conbal_tf.settings.schema import Settings


@dataclass(frozen=True)
class Row:
    """One row of a table: what is trained, with several seeds, and what the paper says of it."""

    title: str
    """As the paper calls it, or as its own paper does."""
    method: choices.Method | None
    """How it is trained; None for a row that stands with its reported numbers alone."""
    sampling: choices.Sampling = "original"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the row's own, by their flag: `contrastive.temperature`."""
    published: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    """Metric to the paper's mean and standard deviation (None where the paper gives none)."""
    by_others: bool = False
    """Whether the paper took its numbers from the work of others."""


@dataclass(frozen=True)
class Table:
    """Rows over the same records, network, schedule and evaluation."""

    title: str
    dataset: choices.Dataset
    metrics: tuple[str, ...]
    """Columns, by the names that `conbal_tf.tables.measured` knows."""
    rows: tuple[Row, ...]
    picture: Literal["none", "classes", "temperatures"] = "none"
    """What is drawn beside it: F1 class by class, or F1 of the class groups over the temperature."""


def _published(accuracy: tuple[float, float | None], macro_f1: tuple[float, float | None]) -> dict:
    return {"accuracy": accuracy, "macro_f1": macro_f1}


def _by_temperature(sampling: choices.Sampling, groups: Mapping[float, tuple[float, float, float]]) -> tuple[Row, ...]:
    return tuple(
        Row(
            f"CL, τ {temperature}" + (" + resample" if sampling == "balanced" else ""),
            "contrastive",
            sampling,
            {"contrastive.temperature": temperature},
            {name: (f1, None) for name, f1 in zip(("major_f1", "middle_f1", "minor_f1"), f1s, strict=True)},
        )
        for temperature, f1s in groups.items()
    )


_OVERALL = ("accuracy", "macro_f1", "balanced_accuracy", "major_f1", "middle_f1", "minor_f1")

_TABLE_1 = (
    Row("CE", "cross_entropy", published=_published((0.850, 0.0007), (0.716, 0.006))),
    Row("Focal loss", "focal", published=_published((0.849, 0.0045), (0.728, 0.006))),
    # The paper does not say whether its LDAM re-weights late in training, so its numbers stand beside both.
    Row("LDAM", "ldam", published=_published((0.857, 0.009), (0.734, 0.024))),
    Row("LDAM-DRW", "ldam_drw", published=_published((0.857, 0.009), (0.734, 0.024))),
    Row("CL", "contrastive", published=_published((0.865, 0.004), (0.739, 0.013))),
    Row("CE + resample", "cross_entropy", "balanced", published=_published((0.861, 0.0009), (0.735, 0.006))),
    Row("CL + resample", "contrastive", "balanced", published=_published((0.868, 0.007), (0.751, 0.016))),
    Row("OHEM, hardest share", "ohem", published=_published((0.818, None), (0.660, None)), by_others=True),
    Row(
        "OHEM, sampling by loss",
        "ohem_sampling",
        published=_published((0.818, None), (0.660, None)),
        by_others=True,
    ),
    Row("MTL", "mtl", published=_published((0.811, None), (0.667, None)), by_others=True),
    Row("DANIL", None, published=_published((0.825, None), (0.674, None)), by_others=True),
)

_TABLE_2 = (
    Row("CE", "cross_entropy", published=_published((0.812, 0.007), (0.608, 0.018))),
    Row("Focal loss", "focal", published=_published((0.815, 0.001), (0.629, 0.008))),
    Row("LDAM", "ldam", published=_published((0.813, 0.003), (0.620, 0.005))),
    Row("LDAM-DRW", "ldam_drw", published=_published((0.813, 0.003), (0.620, 0.005))),
    Row("CL", "contrastive", published=_published((0.825, 0.001), (0.652, 0.003))),
    Row("CE + resample", "cross_entropy", "balanced", published=_published((0.802, 0.023), (0.583, 0.055))),
    Row("CL + resample", "contrastive", "balanced", published=_published((0.816, 0.001), (0.608, 0.004))),
    Row("CANet, one-label adaptation", "canet", published=_published((0.813, None), (0.631, None)), by_others=True),
    Row("OHEM, hardest share", "ohem", published=_published((0.813, None), (0.632, None)), by_others=True),
    Row(
        "OHEM, sampling by loss",
        "ohem_sampling",
        published=_published((0.813, None), (0.632, None)),
        by_others=True,
    ),
    Row("DANIL", None, published=_published((0.825, None), (0.660, None)), by_others=True),
)

_TABLE_3 = {
    "original": {
        0.01: (0.941, 0.702, 0.692),
        0.05: (0.945, 0.717, 0.713),
        0.1: (0.942, 0.716, 0.696),
        0.5: (0.942, 0.696, 0.575),
        1.0: (0.941, 0.669, 0.531),
    },
    "balanced": {
        0.01: (0.939, 0.712, 0.710),
        0.05: (0.938, 0.711, 0.721),
        0.1: (0.937, 0.711, 0.709),
        0.5: (0.937, 0.698, 0.720),
        1.0: (0.934, 0.623, 0.651),
    },
}

_BEYOND = (
    Row("CE", "cross_entropy"),
    Row("CE + resample", "cross_entropy", "balanced"),
    Row("CL", "contrastive"),
    Row("CL + resample", "contrastive", "balanced"),
    Row("Logit adjustment", "logit_adjusted"),
    Row("Balanced softmax", "balanced_softmax"),
    Row("cRT", "crt"),
    Row("τ-normalisation", "tau_norm"),
    Row("Balanced contrastive", "balanced_contrastive"),
    Row("Balanced contrastive + resample", "balanced_contrastive", "balanced"),
)


def own_table(settings: Settings) -> Table:
    """Returns the table of a user's own data: what the settings describe, beside cross-entropy over the same budget.

    Args:
        settings: of the data set.
    """
    configured = Row(f"{settings.method}, {settings.sampling} sampling", settings.method, settings.sampling)
    plain = Row("cross_entropy, original sampling", "cross_entropy", "original")
    rows = (plain,) if configured == plain else (plain, configured)
    return Table(f"Own data: {settings.data_name}", settings.dataset, _OVERALL, rows)


TABLES: dict[str, Table] = {
    "table1": Table("Table 1: ISIC 2018", "isic2018", _OVERALL, _TABLE_1),
    "table2": Table("Table 2: APTOS 2019", "aptos", (*_OVERALL, "quadratic_weighted_kappa"), _TABLE_2),
    "table3": Table(
        "Table 3: temperature and resampling, ISIC 2018",
        "isic2018",
        ("major_f1", "middle_f1", "minor_f1", "macro_f1"),
        _by_temperature("original", _TABLE_3["original"]) + _by_temperature("balanced", _TABLE_3["balanced"]),
        "temperatures",
    ),
    "figure3": Table(
        "Figure 3: F1 class by class, ISIC 2018", "isic2018", _OVERALL, (_TABLE_1[0], _TABLE_1[4]), "classes"
    ),
    "beyond": Table("Methods after the paper: ISIC 2018", "isic2018", _OVERALL, _BEYOND),
    "beyond_aptos": Table(
        "Methods after the paper: APTOS 2019", "aptos", (*_OVERALL, "quadratic_weighted_kappa"), _BEYOND
    ),
}
