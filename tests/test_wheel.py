"""What is installed works without the checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*words, **options) -> str:
    done = subprocess.run(
        [*map(str, words)],
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder that a freshly built wheel is installed in."""
    wheels, target = (tmp_path_factory.mktemp(name) for name in ("wheels", "installed"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    (wheel,) = wheels.iterdir()
    run(*pip, "install", "--no-deps", "--target", target, wheel)
    return target


@pytest.fixture
def environment(installed) -> dict[str, str]:
    """An environment in which the installed package comes before the checkout."""
    return os.environ | {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}


def test_the_installed_program_trains_on_the_embedded_digits(installed, environment, tmp_path):
    words = ["train", "--epochs", "1", "--hidden", "32", "--json", "--save", "run.npz"]
    script = installed / "bin" / "mnist-studio"
    program = [script] if script.exists() else [sys.executable, "-m", "mnist_studio"]
    epoch, end = run(*program, *words, cwd=tmp_path, env=environment).splitlines()
    assert json.loads(epoch)["event"] == "epoch_ended"
    assert json.loads(end)["test_accuracy"] > 0.8
    assert (tmp_path / "run.npz").exists()


def test_every_resource_is_installed_and_found(installed, environment, tmp_path):
    code = "from mnist_studio import paths; print(paths.resource(''), paths.__file__, sep='\\n')"
    output = run(sys.executable, "-c", code, cwd=tmp_path, env=environment)
    resources, module = map(Path, output.splitlines())
    assert installed in module.parents
    assert installed in resources.parents
    source = ROOT / "resources"
    expected = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    assert {path.relative_to(resources) for path in resources.rglob("*") if path.is_file()} == (
        expected
    )


def test_the_licenses_are_installed_and_no_tests_are(installed):
    (metadata,) = installed.glob("mnist_studio-*.dist-info")
    for name, text in {
        "LICENSE": "MIT License",
        "THIRD-PARTY-NOTICES.md": "MNIST database of handwritten digits",
        "OFL.txt": "SIL OPEN FONT LICENSE",
    }.items():
        assert text in next(metadata.rglob(name)).read_text(encoding="utf-8")
    assert not (installed / "tests").exists()
