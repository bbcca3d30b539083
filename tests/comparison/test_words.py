"""What a comparison says in words: each verdict, and what can not be said."""

import re

import pytest

from conbal_tf.comparison.words import sentences
from tests.reporting.found import entry, methods, models

SEED_ALONE = {"settings_that_differ": {"seed": [0, 1]}}


def text(found: dict) -> str:
    return "\n".join(sentences(found))


def none_told_apart(found: dict) -> dict:
    """Returns a comparison without any claim."""
    return {
        **found,
        "overall": {name: {**its, "verdict": "not told apart"} for name, its in found["overall"].items()},
        "per_class": {
            name: {
                key: value if key == "support" else {**value, "verdict": "not told apart"} for key, value in its.items()
            }
            for name, its in found["per_class"].items()
        },
    }


def test_two_runs_are_spoken_of_as_models_and_not_as_methods() -> None:
    said = sentences(models())
    assert said[0] == (
        "A and B answered the same 3,004 test images, 2,731 groups of images that belong together. Of their common "
        "settings these differ: method (cross_entropy, contrastive)."
    )
    assert said[2].startswith(
        "These two trained models, on images like these: B is better in accuracy (by 0.050, 95 % interval 0.040 to "
        "0.060) and log loss (by 0.100, 95 % interval 0.090 to 0.110). Not told apart in macro F1, balanced accuracy"
    )
    assert "no proof of being equal" in said[2]
    # At once after the verdict.
    assert said[3].startswith("Whether the methods differ can't be told from one seed each")
    assert "compare with --seeds" in said[3]


def test_mcnemars_test_is_read_with_what_it_assumes() -> None:
    said = sentences(models())[1]
    assert said.startswith("On 179 images B alone is right, on 233 A alone; on 1,875 both are, on 717 neither: p 0.009")
    assert "takes images for independent, and 526 of them share a group" in said
    alone = models(groups=3004)
    alone["mcnemar"]["images_that_share_a_group"] = 0
    assert "No two images share a group" in sentences(alone)[1] and "groups" not in sentences(alone)[0]


def test_runs_that_differ_by_seed_alone_are_one_method() -> None:
    said = text(models(**SEED_ALONE))
    assert "All their settings are equal but for the seed." in said
    assert "A and B are one method trained twice: no difference is claimed, whatever the figures." in said
    assert "3 of 11 figures have a p below 0.05 after Holm's correction." in said
    assert "Whether the methods differ" not in said and "is better" not in said
    assert "All their settings are equal." in text(models(settings_that_differ={}))


def test_no_claim_is_no_claim_of_being_equal() -> None:
    said = text(none_told_apart(models()))
    assert "These two trained models, on images like these: not told apart in any of 7 metrics." in said
    assert "no proof of being equal" in said and "better" not in said.replace("better or worse", "")
    assert "Single classes: none is told apart; of rare there are 34 images" in said


def test_better_in_some_and_worse_in_others_is_left_to_the_reader() -> None:
    found = models()
    found["overall"]["ece"] = entry(0.02, 0.05, verdict="A better")
    said = text(found)
    assert "A is better in calibration error (by 0.030, 95 % interval 0.020 to 0.040); B is better in accuracy" in said
    assert "a question of use" in said


def test_all_told_apart_leaves_nothing_open() -> None:
    found = models()
    found["overall"] = {name: entry(0.5, 0.6, verdict="B better") for name in found["overall"]}
    assert "ot told apart in" not in sentences(found)[2]


def test_classes_are_named() -> None:
    assert "Single classes: A is better in recall of rare. The others are not told apart; of rare" in text(models())


def test_no_others_are_spoken_of_where_all_classes_are_told_apart() -> None:
    better = entry(0.4, 0.6, verdict="B better")
    found = models(per_class={name: {"support": 50, "recall": better, "f1": better} for name in ("x", "y")})
    assert "Single classes: B is better in recall of x and y and F1 of x and y." in sentences(found)


def test_methods_are_spoken_of_over_seeds_and_within_bounds() -> None:
    said = sentences(methods())
    assert said[1].startswith(
        "The methods as they are trained here, averaged over seeds (3 of A and 4 of B), on images like these: "
        "B is better in accuracy (by 0.050"
    )
    assert "carry both the test images and the seeds" in said[2] and "3 seeds cannot show" in said[2]
    assert said[3].startswith("It holds for this split of this data set and these settings.")
    assert "one seed" not in text(methods()) and "McNemar" not in text(methods())


def test_method_against_itself_is_said_to_be_one() -> None:
    said = text(methods(settings_that_differ={}))
    assert "no difference is claimed" in said and "a difference in code, versions or hardware" in said


def test_seeds_that_are_asked_for_and_missing_are_counted() -> None:
    few = models(asked="methods", b={"runs": ["b"], "seeds": [0, 3], "unfinished": ["b-seed1"]})
    said = text(few)
    assert "--seeds asks about methods, and A has 1 finished seed (0) and B has 2 finished seeds (0, 3)" in said
    assert "So two models are compared." in said and "can't be told from one seed each" in said
    assert "Left out, not finished or without predictions.csv: b-seed1." in said


def test_rule_of_claims_is_told() -> None:
    assert "for the 7 metrics together and for the 4 figures of classes together" in text(models())


def test_many_different_settings_are_counted() -> None:
    found = models(settings_that_differ={f"section.name{i}": [i, ["x", "y"]] for i in range(9)})
    assert "section.name5 (5, x+y) and 3 more." in sentences(found)[0]


@pytest.mark.parametrize("found", [models(), methods(), models(**SEED_ALONE), none_told_apart(methods())])
def test_sentences_are_whole(found: dict) -> None:
    for paragraph in sentences(found):
        assert paragraph.endswith(".") and not re.search(r"  |\{|\.\.| ,", paragraph), paragraph
