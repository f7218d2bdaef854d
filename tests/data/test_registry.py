import subprocess
import sys

import pytest

from mnist_studio import paths
from mnist_studio.data.registry import DATASETS


@pytest.mark.parametrize("spec", DATASETS.values(), ids=DATASETS)
def test_every_data_set_is_embedded_or_has_four_files_and_mirrors(spec):
    if spec.resource is not None:
        assert paths.resource(spec.resource).is_file()
        assert not spec.files
    else:
        assert len(spec.files) == 4
        assert len(spec.mirrors) >= 2


@pytest.mark.parametrize("spec", DATASETS.values(), ids=DATASETS)
def test_hashes_sizes_and_addresses_are_well_formed(spec):
    assert all(mirror.endswith("/") for mirror in spec.mirrors)
    for file in spec.files:
        assert len(file.sha256) == len(file.packed_sha256) == 64
        assert file.packed_size < file.size
    sizes = tuple(file.size for file in spec.files)
    train, test = spec.train_size, spec.test_size
    assert not sizes or sizes == (16 + 784 * train, 8 + train, 16 + 784 * test, 8 + test)


def test_the_dead_original_host_is_never_asked():
    assert not any("lecun" in mirror for spec in DATASETS.values() for mirror in spec.mirrors)


def test_finding_data_sets_needs_no_numpy():
    code = "import mnist_studio.data.locations, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
