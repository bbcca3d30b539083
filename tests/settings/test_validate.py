"""Every message about values that make no sense."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from conbal_tf.settings import choices
from conbal_tf.settings import validate as module
from conbal_tf.settings.methods import TRAITS
from conbal_tf.settings.schema import Settings
from conbal_tf.settings.validate import validate
from tests.settings.own import TOLD


def change(settings: Settings, name: str, value: Any) -> Settings:
    section, _, key = name.rpartition(".")
    return replace(
        settings, **{section: replace(getattr(settings, section), **{key: value})} if section else {key: value}
    )


def with_method(method: choices.Method) -> Settings:
    """Returns the defaults with a method, on a data set and with a sampling that it goes with."""
    traits = TRAITS[method]
    return Settings(method=method, sampling=traits.samplings[0], dataset=(*traits.datasets, "digits")[0])


def test_defaults_are_valid() -> None:
    validate(Settings())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "seed",
            -1,
            r"seed is -1; allowed is a whole number from 0 to 2\*\*32 - 1\. Please set it to, for example, 0 \(--seed",
        ),
        ("protocol_seed", -1, "a whole number from 0 to"),
        ("seed", 2**32, "a whole number from 0 to"),
        ("data.smallest_crop", 0.0, "0 < share <= 1"),
        ("data.colour_strength", 1.5, "0 <= factor <= 1"),
        ("replicas", -1, "a whole number from 0 up"),
        ("data.record_size", 0, r"from 1 up.*\(--data.record_size, or record_size under \[data\] in a file\)"),
        ("data.image_size", 0, "from 1 up"),
        ("data.test_size", -3, "data.test_size is -3"),
        ("data.train_parts", (), r"data.train_parts is \(\)"),
        ("data.train_parts", ("train", "test"), "nothing is ever trained on the test part"),
        ("data.train_parts", ("train", "train"), "each once"),
        ("network.width", 0, "from 1 up"),
        ("network.weights", "imagenet", "'imagenet' needs 'resnet50' of width 64"),
        ("training.batch_size", 0, "from 1 up"),
        ("training.views", 3, r"training.views is 3; allowed is 1 or 2\. Please set it to 2"),
        ("training.views", 0, "1 or 2"),
        ("training.length", "40", "allowed is `N epochs` or `N updates`.*'20 epochs'"),
        ("training.length", "0 epochs", "one epoch or update, or more"),
        ("training.warmup", "soon", "training.warmup is 'soon'"),
        ("training.warmup", "25 epochs", "less than training.length, '25 epochs'"),
        ("training.learning_rate", 0.0, "a number > 0"),
        ("training.learning_rate", float("nan"), "learning_rate is nan"),
        ("training.warmup_learning_rate", -0.1, "a number > 0"),
        ("training.final_learning_rate", float("inf"), "a number > 0"),
        ("training.momentum", 1.0, "0 <= momentum < 1"),
        ("training.weight_decay", -1e-4, "a number >= 0"),
        ("contrastive.temperature", 0.0, "temperature is 0.0; allowed is a number > 0.*0.05"),
        ("contrastive.hidden_size", 0, "from 1 up"),
        ("contrastive.embedding_size", 0, "from 1 up"),
        ("classifier.cached_views", 0, "from 1 up"),
        ("classifier.batch_size", 0, "from 1 up"),
        ("classifier.length", "1.5 epochs", "classifier.length is '1.5 epochs'"),
        ("classifier.learning_rate", 0.0, "a number > 0"),
        ("classifier.final_learning_rate", 0.0, "a number > 0"),
        ("classifier.momentum", -0.1, "0 <= momentum < 1"),
        ("classifier.weight_decay", -1.0, "a number >= 0"),
    ],
)
def test_senseless_value_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        validate(change(Settings(), name, value))


@pytest.mark.parametrize(
    ("method", "name", "value", "message"),
    [
        ("focal", "focal.gamma", -0.1, r"focal.gamma is -0.1; allowed is a number >= 0\."),
        ("ldam", "ldam.largest_margin", 0.0, "0 < margin <= 1"),
        ("ldam_drw", "ldam.largest_margin", 1.5, "largest_margin is 1.5; allowed is 0 < margin <= 1.*0.5"),
        ("ldam", "ldam.scale", 0.0, "a number > 0"),
        ("ldam_drw", "drw.begin", 1.0, r"a share of the training, 0 <= share < 1\. Please set it to 0.8"),
        ("ldam_drw", "drw.beta", 1.0, "0 < beta < 1"),
        ("ldam_drw", "drw.beta", 0.0, "0 < beta < 1"),
        ("ohem", "ohem.hardest_share", 0.0, "0 < share <= 1.*0.7"),
        ("ohem", "ohem.hardest_share", 70, "hardest_share is 70"),
        ("ohem_sampling", "ohem_sampling.candidates", 1, "a whole number from 2 up"),
        ("mtl", "mtl.site_weight", 0.0, "a number > 0"),
        ("canet", "canet.units", 0, "from 1 up"),
        ("canet", "canet.specific_weight", -0.25, "a number >= 0"),
        ("logit_adjusted", "logit_adjusted.tau", 0.0, "a number > 0"),
        ("balanced_contrastive", "contrastive.temperature", 0.0, "temperature is 0.0"),
        ("crt", "classifier.length", "0 epochs", "one epoch or update, or more"),
    ],
)
def test_senseless_value_of_a_methods_own_is_refused_with_that_method(
    method: choices.Method, name: str, value: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        validate(change(with_method(method), name, value))
    validate(change(with_method("cross_entropy"), name, value))  # which does not look at it


@pytest.mark.parametrize("method", choices.names(choices.Method))
def test_every_method_goes_with_the_data_sets_that_have_what_it_needs_and_no_others(method: choices.Method) -> None:
    for dataset in choices.names(choices.Dataset):
        settings = replace(with_method(method), dataset=dataset, **TOLD.get(dataset, {}))  # type: ignore[arg-type]
        if dataset in (TRAITS[method].datasets or choices.names(choices.Dataset)):
            validate(settings)
        else:
            message = f"method is '{method}'; allowed is another method with data set '{dataset}', since "
            with pytest.raises(ValueError, match=rf"{message}.*use it with --dataset \w+, or change the method"):
                validate(settings)


@pytest.mark.parametrize("method", choices.names(choices.Method))
def test_every_method_goes_with_balanced_sampling_or_says_why_not(method: choices.Method) -> None:
    balanced = replace(with_method(method), sampling="balanced")
    if method in ("ldam_drw", "ohem_sampling", "logit_adjusted", "balanced_softmax"):
        message = (
            rf"sampling is 'balanced'; allowed is 'original' with method '{method}', since it .*set it to original"
        )
        with pytest.raises(ValueError, match=message):
            validate(balanced)
    else:
        validate(balanced)
    validate(replace(balanced, sampling="original"))


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("mtl", r"the body site, which only isic2018 has\. Please use it with --dataset isic2018"),
        ("canet", r"grade >= 2, which only aptos has\. Please use it with --dataset aptos"),
    ],
)
def test_second_task_says_which_data_set_has_it(method: choices.Method, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        validate(Settings(method=method))


def test_method_that_chooses_on_the_validation_part_is_not_trained_on_it() -> None:
    both = change(Settings(method="tau_norm"), "data.train_parts", ("train", "validation"))
    message = (
        r"train_parts is \('train', 'validation'\); allowed is 'train' alone with method 'tau_norm', since it chooses"
    )
    with pytest.raises(ValueError, match=message):
        validate(both)
    validate(change(both, "data.train_parts", ("train",)))
    validate(replace(both, method="crt"))


@pytest.mark.parametrize("name", ["training.batch_size", "classifier.batch_size"])
def test_batch_must_be_a_multiple_of_the_replicas(name: str) -> None:
    settings = change(Settings(replicas=4), name, 130)
    with pytest.raises(ValueError, match=f"{name} is 130; allowed is a multiple of the 4 replicas.*set it to 128"):
        validate(settings)
    validate(replace(settings, replicas=2))
    validate(replace(settings, replicas=0))


def test_imagenet_weights_go_with_the_published_network_alone() -> None:
    imagenet = change(change(Settings(), "network.weights", "imagenet"), "network.backbone", "resnet50")
    validate(change(imagenet, "network.width", 64))
    with pytest.raises(ValueError, match="of width 16"):
        validate(imagenet)


@pytest.mark.parametrize("warmup", ["0 epochs", "24 epochs", "9999 updates"])
def test_warmup_may_be_none_or_shorter_than_training_or_of_another_unit(warmup: str) -> None:
    validate(change(Settings(), "training.warmup", warmup))


def test_every_number_has_a_rule() -> None:
    numbers = set()
    for section in fields(Settings):
        value = getattr(Settings(), section.name)
        inner = [f"{section.name}.{key.name}" for key in fields(value)] if is_dataclass(value) else [section.name]
        numbers |= {name for name in inner if type(module._value(Settings(), name)) in (int, float)}
    assert numbers - set(module._RULES) == set()
