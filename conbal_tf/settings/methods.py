"""What is a method's own: its settings, and where it makes sense. How it trains is in conbal_tf/training/methods.py."""

from dataclasses import dataclass

from conbal_tf.settings import choices


@dataclass(frozen=True)
class Contrastive:
    """Methods `contrastive` (paper, Eq. 1) and `balanced_contrastive` (Zhu et al., 2022)."""

    temperature: float = 0.05
    """Divides the cosine similarities."""
    loss_scale: choices.LossScale = "temperature"
    """`temperature` multiplies the loss by temperature / 0.07: the gradient does not grow as the temperature falls."""
    hidden_size: int = 128
    """Units of the projection head's hidden layer (2048 in the paper)."""
    embedding_size: int = 64
    """Units of the embedding z (128 in the paper)."""


@dataclass(frozen=True)
class Focal:
    """Method `focal` (Lin et al., 2017)."""

    gamma: float = 2.0
    """Power of 1 - p; 0 is cross-entropy."""
    class_weights: choices.ClassWeights = "inverse_frequency"
    """Factor α of each class; with balanced sampling all are 1."""


@dataclass(frozen=True)
class Ldam:
    """Methods `ldam` and `ldam_drw` (Cao et al., 2019)."""

    largest_margin: float = 0.5
    """Margin of the rarest class, in cosines; the others' fall with the fourth root of their counts."""
    scale: float = 30.0
    """Factor of the cosines."""


@dataclass(frozen=True)
class Drw:
    """Deferred re-weighting of `ldam_drw`."""

    begin: float = 0.8
    """Share of the training after which classes are weighted."""
    beta: float = 0.9999
    """Of the effective number of images, (1 - beta^n) / (1 - beta)."""


@dataclass(frozen=True)
class Ohem:
    """Method `ohem` (Shrivastava et al., 2016)."""

    hardest_share: float = 0.7
    """Share of the global batch that is learnt from."""


@dataclass(frozen=True)
class OhemSampling:
    """Method `ohem_sampling`, after the paper's wording."""

    candidates: int = 2
    """Images that are looked at, without gradient, for each one that is drawn by its loss."""


@dataclass(frozen=True)
class Mtl:
    """Method `mtl` (Liao and Luo, 2017)."""

    site_weight: float = 1.0
    """Factor of the body site's loss."""


@dataclass(frozen=True)
class Canet:
    """Method `canet`, an adaptation of Li et al. (2020) to one label."""

    units: int = 64
    """Units of each disease's features (1024 in its paper)."""
    specific_weight: float = 0.25
    """Factor of the disease-specific losses."""


@dataclass(frozen=True)
class LogitAdjusted:
    """Method `logit_adjusted` (Menon et al., 2021)."""

    form: choices.LogitAdjustment = "post_hoc"
    """`post_hoc` corrects a classifier trained by cross-entropy; `loss` trains with the correction in the loss."""
    tau: float = 1.0
    """Factor of the classes' log shares. The form `loss` with 1 is balanced softmax."""


@dataclass(frozen=True)
class Traits:
    """Where a method makes sense."""

    sections: tuple[str, ...] = ()
    """The sections of settings that are its own: their flags are an error with a method that does not use them."""
    datasets: tuple[choices.Dataset, ...] = ()
    """The data sets that have what it needs; empty for all."""
    samplings: tuple[choices.Sampling, ...] = ("original", "balanced")
    """The samplings that it can be combined with."""
    why: str = ""
    """Why not with the others."""
    tunes_on_validation: bool = False
    """Whether it chooses something on the validation part, which then is not to be trained on."""


_PRIOR = "it corrects for classes being shown unequally often, and balanced sampling leaves nothing to correct"

TRAITS: dict[choices.Method, Traits] = {
    "contrastive": Traits(("contrastive", "classifier")),
    "cross_entropy": Traits(),
    "focal": Traits(("focal",)),
    "ldam": Traits(("ldam",)),
    "ldam_drw": Traits(
        ("ldam", "drw"), samplings=("original",), why="it weights the classes itself: with balanced sampling, twice"
    ),
    "ohem": Traits(("ohem",)),
    "ohem_sampling": Traits(
        ("ohem_sampling",), samplings=("original",), why="it is a sampling of its own, which undoes the balance"
    ),
    "mtl": Traits(("mtl",), datasets=("isic2018",), why="its second task is the body site, which only isic2018 has"),
    "canet": Traits(("canet",), datasets=("aptos",), why="its second task is grade >= 2, which only aptos has"),
    "logit_adjusted": Traits(("logit_adjusted",), samplings=("original",), why=_PRIOR),
    "balanced_softmax": Traits(samplings=("original",), why=_PRIOR),
    "crt": Traits(("classifier",)),
    "tau_norm": Traits(tunes_on_validation=True),
    "balanced_contrastive": Traits(("contrastive", "classifier")),
}


def own_sections(method: choices.Method) -> tuple[str, ...]:
    """Returns the sections that only a method's stage 1 and its correction read, in the order in which it takes them.

    >>> own_sections("ldam_drw"), own_sections("contrastive")
    (('ldam', 'drw'), ('contrastive',))
    """
    return tuple(section for section in TRAITS[method].sections if section != "classifier")


def unused_sections(method: choices.Method) -> set[str]:
    """Returns the sections that belong to other methods alone.

    >>> sorted({"classifier", "contrastive"} & unused_sections("crt"))
    ['contrastive']
    """
    return {section for traits in TRAITS.values() for section in traits.sections} - set(TRAITS[method].sections)


def stage_1_of(method: choices.Method, form: choices.LogitAdjustment) -> choices.Method:
    """Returns the method whose stage 1 a method has: its own, or cross-entropy where it only works on the result.

    >>> stage_1_of("crt", "post_hoc"), stage_1_of("logit_adjusted", "loss")
    ('cross_entropy', 'logit_adjusted')

    Args:
        method: the method.
        form: of logit adjustment.
    """
    afterwards = method in ("crt", "tau_norm") or (method == "logit_adjusted" and form == "post_hoc")
    return "cross_entropy" if afterwards else method
