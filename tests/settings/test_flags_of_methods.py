"""Flags of a method's own settings: whose they are, and methods that do not go with the other flags."""

import pytest

from conbal_tf.settings.load import load
from conbal_tf.settings.shipped import CONFIGS
from tests.settings.test_load import PROG, refused


@pytest.mark.parametrize(
    ("method", "flag", "owners"),
    [
        ("ldam", "--drw.begin=0.5", "ldam_drw"),
        ("cross_entropy", "--focal.gamma=1", "focal"),
        ("focal", "--classifier.length=9 epochs", "contrastive, crt, balanced_contrastive"),
        ("balanced_softmax", "--logit_adjusted.tau=1", "logit_adjusted"),
        ("ohem", "--ohem_sampling.candidates=3", "ohem_sampling"),
    ],
)
def test_flag_of_another_methods_section_names_the_methods_that_have_it(
    capsys: pytest.CaptureFixture[str], method: str, flag: str, owners: str
) -> None:
    words = refused(capsys, "--method", method, "--sampling", "original", flag)
    name = flag.partition("=")[0]
    assert f"{name} does not belong to method '{method}': it is a setting of {owners} alone." in words
    assert f"choose --method {owners.partition(',')[0]}." in words


@pytest.mark.parametrize(
    ("method", "flags"),
    [
        ("ldam_drw", ["--ldam.scale=20", "--drw.beta=0.99"]),
        ("balanced_contrastive", ["--contrastive.temperature=0.1", "--classifier.features=online"]),
        ("crt", ["--classifier.length=3 epochs"]),
        ("mtl", ["--dataset=isic2018", "--mtl.site_weight=0.5"]),
        ("canet", ["--dataset=aptos", "--canet.units=32"]),
    ],
)
def test_flags_of_the_sections_that_a_method_uses_are_taken(method: str, flags: list[str]) -> None:
    assert load(["--method", method, "--sampling", "original", *flags], PROG)[0].method == method


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--method=mtl"], "method is 'mtl'; allowed is another method with data set 'digits'"),
        (["--method=balanced_softmax"], "sampling is 'balanced'; allowed is 'original' with method 'balanced_softmax'"),
        (
            ["--method=tau_norm", f"--config={CONFIGS / 'aptos_paper.toml'}"],
            "data.train_parts is ('train', 'validation'); allowed is 'train' alone with method 'tau_norm'",
        ),
    ],
)
def test_method_that_does_not_go_with_the_rest_is_refused(
    capsys: pytest.CaptureFixture[str], flags: list[str], words: str
) -> None:
    assert words in refused(capsys, *flags)
