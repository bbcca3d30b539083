"""Lengths and costs of the stages by hand, and the mistakes that are found before anything is trained."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from conbal_tf.data.pipeline import SecondLabel
from conbal_tf.data.records import Records
from conbal_tf.data.split import SplitRecords
from conbal_tf.run.plan import RunPlan, plan_run
from conbal_tf.settings.methods import OhemSampling
from conbal_tf.settings.schema import Classifier, Settings, Training
from conbal_tf.training.stage import Rate, Stage, optimizer
from tests.lesion_records import lesion_records

SETTINGS = Settings(
    training=Training(batch_size=20, views=2, length="3 epochs", warmup="1 epochs"),
    classifier=Classifier(batch_size=50, length="2 epochs", cached_views=4),
)


def of_parts(records: Records, **parts: int) -> SplitRecords:
    """Returns records split by number: the first to the first part."""
    ids = iter(records.index["id"])
    return SplitRecords(records, {part: [next(ids) for _ in range(count)] for part, count in parts.items()}, Path())


@pytest.fixture
def data() -> SplitRecords:
    """Returns 100 training images, 60, 30 and 10 of each class, and 30 of the last class for validation.

    Nothing here reads an image, so there is nothing behind the index.
    """
    labels = np.repeat([0, 1, 2], [60, 30, 40])
    index = pd.DataFrame({"id": [f"image_{number}" for number in range(130)], "label": labels})
    records = Records(builder=None, class_names=("a", "b", "c"), index=index)  # type: ignore[arg-type]
    return of_parts(records, train=100, validation=30)


def planned(settings: Settings, data: SplitRecords) -> RunPlan:
    """Returns the plan of a run on one device."""
    return plan_run(settings, data, replicas=1)


def head_of(plan: RunPlan) -> Stage:
    assert plan.head is not None
    return plan.head


def cost(stage: str, updates: int, images: int, views: int, seen: int, *, with_gradient: bool = False) -> dict:
    numbers = {"updates": updates, "images": images, "views": views, "views_through_backbone": seen}
    return {"stage": stage, **numbers, "with_gradient": with_gradient}


def test_epochs_are_those_of_the_sampling(data: SplitRecords) -> None:
    of_original = planned(replace(SETTINGS, sampling="original"), data)
    balanced, original = planned(SETTINGS, data).backbone, of_original.backbone
    assert (balanced.schedule_steps, balanced.updates) == (180 // 20, 27)
    assert (original.schedule_steps, original.updates) == (100 // 20, 15)
    head = head_of(of_original)  # balanced, whatever the sampling
    assert (head.name, head.schedule_steps, head.updates, head.batch_size) == ("classifier", 180 // 50, 6, 50)


def test_both_parts_are_counted_where_both_are_trained_on(data: SplitRecords) -> None:
    both = replace(SETTINGS, data=replace(SETTINGS.data, train_parts=("train", "validation")))
    assert planned(both, data).backbone.schedule_steps == 3 * 60 // 20
    assert planned(both, data).costs()[1]["views_through_backbone"] == 4 * 130


def test_reports_are_at_most_200_and_at_whole_epochs_of_the_schedule(data: SplitRecords) -> None:
    long = replace(SETTINGS, training=replace(SETTINGS.training, length="5000 updates"))
    plan = planned(long, data).backbone
    assert (plan.schedule_steps, plan.steps_per_epoch, plan.updates) == (9, 27, 5000)  # 186 reports; 18 would give 278
    assert planned(SETTINGS, data).backbone.steps_per_epoch == 9


def rate_after(updates: int, stepper: keras.Optimizer) -> float:
    stepper.iterations.assign(updates)
    return float(stepper.learning_rate)


def test_rate_rises_over_the_warmup_and_ends_with_the_stage(data: SplitRecords) -> None:
    stepper = optimizer(planned(SETTINGS, data).backbone)
    assert [rate_after(updates, stepper) for updates in (0, 9, 27)] == pytest.approx([0.01, 0.1, 1e-4], rel=1e-3)
    head = optimizer(head_of(planned(SETTINGS, data)))
    assert [rate_after(updates, head) for updates in (0, 6)] == pytest.approx([1.0, 1e-4], rel=1e-3)


def test_budget_of_two_stages_with_cached_and_with_online_features(data: SplitRecords) -> None:
    stage_1 = cost("contrastive", 27, 20, 2, 27 * 20 * 2, with_gradient=True)
    assert planned(SETTINGS, data).costs() == [stage_1, cost("classifier", 6, 50, 1, 4 * 100)]
    online = replace(SETTINGS, classifier=replace(SETTINGS.classifier, features="online"))
    assert planned(online, data).costs() == [stage_1, cost("classifier", 6, 50, 1, 6 * 50)]


def test_budget_of_one_stage_says_nothing_of_a_head(data: SplitRecords) -> None:
    plain = replace(SETTINGS, method="cross_entropy", sampling="original")
    assert planned(plain, data).costs() == [cost("cross_entropy", 15, 20, 2, 600, with_gradient=True)]


def test_candidates_are_looked_at_without_gradient_beside_as_many_images_with_it_as_elsewhere(
    data: SplitRecords,
) -> None:
    sampling = replace(SETTINGS, method="ohem_sampling", sampling="original", ohem_sampling=OhemSampling(3))
    assert planned(sampling, data).costs() == [
        cost("ohem_sampling", 15, 20, 2, 600, with_gradient=True),
        cost("ohem_sampling, candidates", 15, 20, 2, 1800),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"training": Training(batch_size=181)},
            r"A batch of 181 images \(contrastive\) is larger than an epoch, which has 180\. Set .* at most 180",
        ),
        ({"classifier": Classifier(batch_size=181)}, r"A batch of 181 images \(classifier\) .* which has 180"),
        (
            {"training": Training(batch_size=60), "method": "ohem_sampling", "sampling": "original"},
            r"A batch of 120 images \(ohem_sampling, 2 candidates for each of 60\) .* which has 100\. .* at most 50",
        ),
        (
            {"training": replace(SETTINGS.training, warmup="27 updates")},
            r"A warm-up of 27 updates leaves nothing of a training of 27",
        ),
    ],
)
def test_mistake_in_any_stage_is_found_by_the_plan(data: SplitRecords, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        planned(replace(SETTINGS, **changes), data)


def test_body_sites_are_the_second_label_of_mtl_but_for_the_unknown(tmp_path: Path) -> None:
    records = lesion_records(tmp_path, {"MEL": ["face", "unknown", "back"], "NV": ["back", "unknown", "ear"]})
    mtl = replace(SETTINGS, method="mtl", dataset="isic2018", training=Training(batch_size=2))
    plan = planned(mtl, of_parts(records, train=6))
    assert plan.backbone.second_label == SecondLabel("localization", ("back", "ear", "face"))
    other = planned(replace(mtl, method="cross_entropy"), of_parts(records, train=6))
    assert other.backbone.second_label is None
    assert planned(mtl, of_parts(records, train=6)).costs()[0]["updates"] == 25 * 3


def test_records_without_a_known_site_are_refused_before_mtl_begins(tmp_path: Path) -> None:
    records = lesion_records(tmp_path, {"MEL": ["unknown"], "NV": ["back"]})
    with pytest.raises(ValueError, match=r"'mtl' learns 'localization', .* of no image .*HAM10000_metadata.csv"):
        planned(replace(SETTINGS, method="mtl"), of_parts(records, train=2))


def test_records_that_have_no_sites_are_refused(digits: SplitRecords) -> None:
    with pytest.raises(ValueError, match=r"say nothing of 'localization'; they have .*choose another --method"):
        planned(replace(SETTINGS, method="mtl"), digits)


def test_plan_tells_each_stage_in_a_line(data: SplitRecords) -> None:
    assert planned(SETTINGS, data).lines() == [
        "contrastive: 27 updates of 20 images in 2 views, 3 epochs of 180, the first 9 of them warming up",
        "classifier: 6 updates of 50 images, 1.667 epochs of 180 (features of 4 views, computed once)",
    ]
    plain = replace(SETTINGS, method="cross_entropy", training=Training(20, 1, "7 updates", "0 epochs"))
    assert planned(plain, data).lines() == ["cross_entropy: 7 updates of 20 images, 0.7778 epochs of 180"]


def test_epochs_that_are_told_are_of_images_where_the_batch_does_not_divide_them(data: SplitRecords) -> None:
    odd = replace(SETTINGS, training=replace(SETTINGS.training, batch_size=70, length="9 updates", warmup="0 epochs"))
    assert "9 updates of 70 images in 2 views, 3.5 epochs of 180" in planned(odd, data).lines()[0]  # 630 images


def test_each_stage_has_its_own_rate_and_seeds(data: SplitRecords) -> None:
    training = replace(SETTINGS.training, learning_rate=0.4, momentum=0.8, weight_decay=0.002)
    settings = replace(SETTINGS, seed=3, training=training)
    plan = planned(settings, data)
    head = head_of(plan)
    assert plan.backbone.rate == Rate(0.4, 0.01, 1e-4, 9, momentum=0.8, weight_decay=0.002)
    assert head.rate == Rate(1.0, 1.0, 1e-4, 0, momentum=0.9, weight_decay=1e-4)
    assert (plan.backbone.seed, plan.backbone.view_seed, head.seed) == (3, 3, 3)
    assert head.view_seed not in range(2**32)  # else it would see the very crops of stage 1 of some seed


def test_plan_that_is_written_down_is_the_one_that_is_handed_on(data: SplitRecords, tmp_path: Path) -> None:
    plan = planned(SETTINGS, data)
    plan.write(tmp_path)
    written = json.loads((tmp_path / "plan.json").read_text())
    assert written["class_names"] == ["a", "b", "c"]
    assert written["backbone"]["class_counts"] == list(plan.train_counts.values()) == [60, 30, 10]
    assert (written["backbone"]["updates"], written["head"]["updates"]) == (27, 6)
    assert written["backbone"]["rate"] == asdict(plan.backbone.rate)
