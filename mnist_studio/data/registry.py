"""The data sets that MNIST Studio knows: one entry each.

This module imports no NumPy, so that the window can list the data sets before NumPy is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import DataError

SIDE = 28
"""Pixels in a row and in a column of every image."""
PIXELS = SIDE * SIDE
DIGITS = tuple("0123456789")
CLASSES = len(DIGITS)
"""How many classes every data set has."""


@dataclass(frozen=True, slots=True)
class IdxFile:
    """One IDX file of a data set, as it was published.

    Attributes
    ----------
    name : str
        Name of the unpacked file; the published one has ``.gz`` appended.
    size, sha256 : int, str
        Bytes and SHA-256 of the unpacked file: what a user's file is checked against, since a
        re-packed ``.gz`` has another hash.
    packed_size, packed_sha256 : int, str
        Bytes and SHA-256 of the published ``.gz``: what a download is checked against.
    """

    name: str
    size: int
    sha256: str
    packed_size: int
    packed_sha256: str

    @property
    def packed_name(self) -> str:
        """Name of the published, compressed file."""
        return f"{self.name}.gz"


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A data set of 28x28 gray images in classes: what it is and where it comes from.

    Attributes
    ----------
    name : str
        The identifier used in configurations and on the command line.
    title : str
        The name that people read.
    class_names : tuple of str
        One name per label, in the order of the labels.
    train_size, test_size : int
        Number of images in each part.
    resource : str or None
        The file in ``resources/`` of an embedded data set.
    files : tuple of IdxFile
        Training images, training labels, test images, test labels; empty when embedded.
    mirrors : tuple of str
        Addresses that hold the published files, in the order to try, each ending in a slash.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    train_size: int
    test_size: int
    resource: str | None = None
    files: tuple[IdxFile, ...] = ()
    mirrors: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether the data set comes with the program."""
        return self.resource is not None

    @property
    def download_size(self) -> int:
        """Bytes to download in all."""
        return sum(file.packed_size for file in self.files)


EMBEDDED = "mnist-10k"
"""The one that comes along with the program."""

_MNIST_10K = DatasetSpec(
    name=EMBEDDED,
    title="MNIST 10k",
    class_names=DIGITS,
    train_size=8_000,
    test_size=2_000,
    resource="datasets/mnist-10k.npz",
)

_MNIST = DatasetSpec(
    name="mnist",
    title="MNIST",
    class_names=DIGITS,
    train_size=60_000,
    test_size=10_000,
    files=(
        IdxFile(
            "train-images-idx3-ubyte",
            47_040_016,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            60_008,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        IdxFile(
            "t10k-images-idx3-ubyte",
            7_840_016,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            10_008,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://azureopendatastorage.blob.core.windows.net/mnist/",
    ),
)

_FASHION_MNIST = DatasetSpec(
    name="fashion-mnist",
    title="Fashion-MNIST",
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train_size=60_000,
    test_size=10_000,
    files=(
        IdxFile(
            "train-images-idx3-ubyte",
            47_040_016,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            60_008,
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        IdxFile(
            "t10k-images-idx3-ubyte",
            7_840_016,
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            10_008,
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
)

DATASETS: dict[str, DatasetSpec] = {
    spec.name: spec for spec in (_MNIST_10K, _MNIST, _FASHION_MNIST)
}


def find_spec(name: str) -> DatasetSpec:
    """Return the registry's entry of that name.

    Raises
    ------
    DataError
        No data set has that name.
    """
    if name not in DATASETS:
        known = ", ".join(DATASETS)
        raise DataError(f"There is no data set named “{name}”; choose one of {known}.")
    return DATASETS[name]
