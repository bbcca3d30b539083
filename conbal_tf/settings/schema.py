"""The settings of a run: frozen dataclasses, usable from a notebook; the defaults are those of data set `digits`."""

from dataclasses import dataclass, field
from pathlib import Path

from conbal_tf.settings import choices
from conbal_tf.settings.data_name import data_name
from conbal_tf.settings.methods import (
    Canet,
    Contrastive,
    Drw,
    Focal,
    Ldam,
    LogitAdjusted,
    Mtl,
    Ohem,
    OhemSampling,
)


@dataclass(frozen=True)
class Data:
    """What the network is shown."""

    record_size: int = 16
    """Short side of the stored images, in pixels."""
    crop: choices.Crop = "none"
    """`fundus` cuts the black border off originals before they are stored or served; `none` leaves them whole."""
    image_size: int = 16
    """Side of the square training crop, in pixels."""
    test_size: int = 16
    """Side to which validation and test images are resized, in pixels."""
    test_resize: choices.TestResize = "square"
    """`square` squeezes the image to test_size x test_size; `short_side` keeps its shape."""
    augmentation: choices.Augmentation = "digits"
    """Recipe of random changes that training images go through."""
    smallest_crop: float = 0.6
    """Least share of the image's area that a training crop shows; the paper's code has 0.08."""
    colour_strength: float = 1.0
    """Factor of the recipe's colour changes: 1 is the paper's code, 0 leaves colours alone."""
    train_parts: tuple[choices.Part, ...] = ("train",)
    """Parts of the protocol to train on. `train validation` gives the paper's 70 %."""


@dataclass(frozen=True)
class Network:
    """The backbone, from scratch unless `weights` says otherwise."""

    backbone: choices.Backbone = "resnet10_small"
    """Residual network; the `_small` ones are for images of 16 to 64 pixels."""
    width: int = 16
    """Channels of the first stage (64 in the published networks)."""
    weights: choices.Weights = "none"
    """`imagenet` starts from keras.applications' weights (resnet50 only)."""
    synchronized_batch_norm: bool = False
    """Whether batch statistics are taken over all replicas."""


@dataclass(frozen=True)
class Training:
    """How the backbone is trained (stage 1), whatever the method."""

    batch_size: int = 128
    """Images per update over all replicas; each gives `views` inputs."""
    views: int = 2
    """Augmented views of each image in the batch, 1 or 2."""
    length: str = "25 epochs"
    """`N epochs` of the schedule over classes, or `N updates`."""
    warmup: str = "2 epochs"
    """Linear warm-up, in `epochs` or `updates`."""
    learning_rate: float = 0.1
    """Peak learning rate, reached after the warm-up."""
    warmup_learning_rate: float = 0.01
    """Learning rate of the first update."""
    final_learning_rate: float = 1e-4
    """Where the cosine ends."""
    momentum: float = 0.9
    """Of SGD, 0 <= momentum < 1."""
    weight_decay: float = 1e-4
    """L2 coupled into the gradient, as in the paper's code (not Keras's decoupled one)."""
    precision: choices.Precision = "float32"
    """Keras dtype policy; the loss is float32 always."""


@dataclass(frozen=True)
class Classifier:
    """Stage 2: softmax head on the frozen backbone, class-balanced."""

    features: choices.HeadFeatures = "cached"
    """`cached` computes features of several augmented views once; `online` augments anew for every update."""
    cached_views: int = 10
    """Augmented views of each image whose features are kept (with `cached`)."""
    batch_size: int = 512
    """Features per update over all replicas."""
    length: str = "20 epochs"
    """`N epochs` of the balanced schedule, or `N updates`."""
    learning_rate: float = 1.0
    """Learning rate of the first update; there is no warm-up."""
    final_learning_rate: float = 1e-4
    """Where the cosine ends."""
    momentum: float = 0.9
    """Of SGD, 0 <= momentum < 1."""
    weight_decay: float = 1e-4
    """Coupled, as in stage 1."""


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run.

    The defaults are those of `digits`, whatever `dataset` says: commands and `read_settings` take those of another data
    set from its file.

    >>> import conbal_tf as cb
    >>> cb.Settings(method="balanced_softmax", sampling="original", seed=1).training.batch_size
    128
    >>> cb.read_settings("aptos").training.batch_size
    192
    """

    dataset: choices.Dataset = "digits"
    """Data set; its settings are read from configs/<dataset>.toml."""
    method: choices.Method = "contrastive"
    """How backbone and head learn; docs/method.md tells what each is."""
    sampling: choices.Sampling = "balanced"
    """`original` shows each image once an epoch; `balanced` repeats smaller classes' until all are equally many."""
    protocol: str = "grouped"
    """How images are split: grouped (no lesion or copy on both sides), paper (by image), official, import, or one fold
    such as fold_3_of_5."""
    protocol_seed: int = 0
    """Seed of the split."""
    protocol_file: Path | None = None
    """CSV with columns id and part, for protocol import."""
    conflicts: choices.Conflicts = "train"
    """Copies with different labels, in grouped and folds: kept in train, by majority of the copies, or left out."""
    seed: int = 0
    """Seed of weights, order and augmentation."""
    replicas: int = 0
    """0: all visible GPUs, or one CPU. N: that many GPUs, or N logical CPUs where there is no GPU."""
    images: Path | None = None
    """Folder of the download (default data/<dataset>), read only when records are missing; or of your own images."""
    labels: Path | None = None
    """Data set csv: the table with a row for each image."""
    image_column: str | None = None
    """Data set csv: the table's column of image files, by name or by path below `images`."""
    label_column: str | None = None
    """Data set csv: its column of classes."""
    group_column: str | None = None
    """Data set csv: its column of patients or lesions, if there is one."""
    class_order: tuple[str, ...] | None = None
    """Data sets folder and csv: all classes in their order, where they have one, such as grades that are no numbers."""
    keep_missing: bool = False
    """Data sets folder and csv: words such as nan and unknown are real names of classes and groups."""
    name: str | None = None
    """Data sets folder and csv: what to call your images in records/ and runs/ (default: as their folder)."""
    bits: int | None = None
    """Data sets folder and csv: bits that the values of 16-bit PNGs have (8 to 16), where these are the low ones."""
    records: Path = Path("records")
    """Folder of the TFRecords."""
    run: Path | None = None
    """Run folder (default runs/<data set>/<protocol>-<method>-<sampling>-seed<seed>)."""
    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    training: Training = field(default_factory=Training)
    contrastive: Contrastive = field(default_factory=Contrastive)
    focal: Focal = field(default_factory=Focal)
    ldam: Ldam = field(default_factory=Ldam)
    drw: Drw = field(default_factory=Drw)
    ohem: Ohem = field(default_factory=Ohem)
    ohem_sampling: OhemSampling = field(default_factory=OhemSampling)
    mtl: Mtl = field(default_factory=Mtl)
    canet: Canet = field(default_factory=Canet)
    logit_adjusted: LogitAdjusted = field(default_factory=LogitAdjusted)
    classifier: Classifier = field(default_factory=Classifier)

    @property
    def data_name(self) -> str:
        """What the data set is called in records/ and runs/: a built-in one's own name, or that of one's own images."""
        return data_name(self.dataset, self.name, self.images)
